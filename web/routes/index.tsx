/** A new conversation. */
import { page } from "fresh";
import { define } from "../define.ts";
import Workspace from "../islands/Workspace.tsx";
import { readFirstPaint } from "../lib/first_paint.ts";

export const handler = define.handlers({
  GET: async (ctx) => page(await readFirstPaint(ctx.state.api), { headers: { "cache-control": "no-store" } }),
});

export default define.page<typeof handler>(function Home({ data }) {
  return <Workspace {...data} />;
});
