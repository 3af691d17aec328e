/** A conversation that has begun. */
import { HttpError, page } from "fresh";
import { Head } from "fresh/runtime";
import { ChatStyles } from "../../components/chat/ChatStyles.tsx";
import { define } from "../../define.ts";
import ChatPage from "../../islands/ChatPage.tsx";
import { readFirstPaint } from "../../lib/chat/first_paint.ts";
import { isId } from "../../lib/server/server_api.ts";
import { speechOf } from "../../lib/texts/languages.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const { id = "" } = ctx.params;
    if (!isId(id)) throw new HttpError(404);
    const query = ctx.url.searchParams.get("q") ?? "";
    const data = await readFirstPaint(ctx.state.api, { conversationId: id, query });
    return page(data, { status: data.isUnknown ? 404 : 200, headers: { "cache-control": "no-store" } });
  },
});

export default define.page<typeof handler>(function ConversationPage({ data, state }) {
  const title = oneLine(data.first.title ?? "");
  const speech = speechOf(state.language, ["common", "chat"]);
  return (
    <>
      <ChatStyles />
      {title && (
        <Head>
          <title>{`${title} · ${speech.texts.common!.title}`}</title>
        </Head>
      )}
      <ChatPage {...data} speech={speech} />
    </>
  );
});
