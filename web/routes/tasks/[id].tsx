/** One task: how it stands, and all that happened to it. */
import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { Styles } from "../../components/ui/Styles.tsx";
import { define } from "../../define.ts";
import TaskPage from "../../islands/TaskPage.tsx";
import { isId } from "../../lib/server/server_api.ts";
import { readTask } from "../../lib/tasks/first_paint.ts";
import { speechOf } from "../../lib/texts/languages.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const { id = "" } = ctx.params;
    if (!isId(id)) throw new HttpError(404);
    const first = await readTask(ctx.state.api, id);
    return page({ first }, {
      status: first.isUnknown ? 404 : 200,
      headers: { "cache-control": "no-store" },
    });
  },
});

export default define.page<typeof handler>(function Task({ data, state }) {
  const speech = speechOf(state.language, ["common", "tasks"]);
  const name = oneLine(data.first.task?.task_type ?? "") || speech.texts.tasks!.title;
  return (
    <>
      <Styles names={["page", "markdown", "tasks"]} />
      <Head>
        <title>{`${name} · ${speech.texts.common!.title}`}</title>
      </Head>
      <TaskPage {...data} speech={speech} />
    </>
  );
});
