/** A new conversation. */
import { page } from "fresh";
import { ChatStyles } from "../components/chat/ChatStyles.tsx";
import { define } from "../define.ts";
import ChatPage from "../islands/ChatPage.tsx";
import { readFirstPaint } from "../lib/chat/first_paint.ts";
import { speechOf } from "../lib/texts/languages.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const query = ctx.url.searchParams.get("q") ?? "";
    const data = await readFirstPaint(ctx.state.api, { query });
    return page(data, { headers: { "cache-control": "no-store" } });
  },
});

export default define.page<typeof handler>(function Home({ data, state }) {
  return (
    <>
      <ChatStyles />
      <ChatPage {...data} speech={speechOf(state.language, ["common", "chat"])} />
    </>
  );
});
