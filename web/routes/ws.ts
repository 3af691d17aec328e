/** The pages' way to the server: same origin only. */
import { HttpError } from "fresh";
import { define } from "../define.ts";
import { isSameOrigin } from "../lib/server/origin.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { headers } = ctx.req;
    if (!isSameOrigin(headers.get("origin"), headers.get("host"))) {
      return ctx.text("This WebSocket is for the dashboard's own pages.", { status: 403 });
    }
    if (headers.get("upgrade")?.toLowerCase() !== "websocket") throw new HttpError(426);
    return await ctx.state.sockets.join(ctx.req);
  },
});
