/** A conversation that has begun. */
import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../../define.ts";
import Workspace from "../../islands/Workspace.tsx";
import { readFirstPaint } from "../../lib/first_paint.ts";
import { oneLine } from "../../lib/plain_text.ts";
import { isId } from "../../lib/server_api.ts";
import { texts } from "../../lib/texts.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const { id = "" } = ctx.params;
    if (!isId(id)) throw new HttpError(404);
    const data = await readFirstPaint(ctx.state.api, id);
    return page(data, { status: data.isUnknown ? 404 : 200, headers: { "cache-control": "no-store" } });
  },
});

export default define.page<typeof handler>(function ConversationPage({ data, params }) {
  const open = data.first.conversations?.find(({ conversation_id: id }) => id === params.id);
  const title = oneLine(open?.title ?? "");
  return (
    <>
      {title && (
        <Head>
          <title>{`${title} · ${texts.title}`}</title>
        </Head>
      )}
      <Workspace {...data} />
    </>
  );
});
