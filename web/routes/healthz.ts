/** Says that this process answers. */
import { define } from "../define.ts";

export const handler = define.handlers({
  GET: (ctx) => ctx.text("ok", { headers: { "cache-control": "no-store" } }),
});
