/** A conversation's messages, for pages that missed some of them. */
import { HttpError } from "fresh";
import { define } from "../../../../define.ts";
import { relay } from "../../../../lib/relay.ts";
import { isId, messagesPath } from "../../../../lib/server_api.ts";

export const handler = define.handlers({
  GET: (ctx) => {
    const { id = "" } = ctx.params;
    if (!isId(id)) throw new HttpError(404);
    return relay(ctx.state.api, ctx.req, messagesPath(id));
  },
});
