/** The pages' way to the server's HTTP interface, on their own origin; what comes from another is refused before. */
import type { Context } from "fresh";
import { define, type State } from "../../define.ts";
import { relay } from "../../lib/server/relay.ts";

const pass = (ctx: Context<State>) => relay(ctx.state.api, ctx.req, ctx.url.pathname.slice(1));

export const handler = define.handlers({ GET: pass, POST: pass, PATCH: pass, DELETE: pass });
