/** All tasks, or those that the address asks for. */
import { page } from "fresh";
import { Head } from "fresh/runtime";
import { Styles } from "../../components/ui/Styles.tsx";
import { define } from "../../define.ts";
import TasksPage from "../../islands/TasksPage.tsx";
import { readTasks } from "../../lib/tasks/first_paint.ts";
import { speechOf } from "../../lib/texts/languages.ts";

export const handler = define.handlers({
  GET: async (ctx) =>
    page({ first: await readTasks(ctx.state.api, ctx.url) }, { headers: { "cache-control": "no-store" } }),
});

export default define.page<typeof handler>(function Tasks({ data, state }) {
  const speech = speechOf(state.language, ["common", "bulk", "tasks"]);
  return (
    <>
      <Styles names={["page", "tasks"]} />
      <Head>
        <title>{`${speech.texts.tasks!.title} · ${speech.texts.common!.title}`}</title>
      </Head>
      <TasksPage {...data} speech={speech} />
    </>
  );
});
