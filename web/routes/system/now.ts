/** How the system is now, and what its figures were since the last time: the page goes on with it. */
import { define } from "../../define.ts";
import { readSystem } from "../../lib/server/system_reading.ts";

export const handler = define.handlers({
  GET: async (ctx) => {
    const since = ctx.url.searchParams.get("since") ?? undefined;
    return ctx.json(await readSystem(ctx.state.api, since), { headers: { "cache-control": "no-store" } });
  },
});
