/** The list of conversations, for pages that are open already. */
import { define } from "../../../define.ts";
import { relay } from "../../../lib/relay.ts";

export const handler = define.handlers({
  GET: (ctx) => relay(ctx.state.api, ctx.req, "api/conversations"),
});
