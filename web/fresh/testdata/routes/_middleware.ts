import { define } from "../define.ts";

export default define.middleware((ctx) => {
  ctx.state.trail = ["root"];
  return ctx.next();
});
