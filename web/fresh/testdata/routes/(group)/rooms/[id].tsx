import { HttpError } from "fresh";
import { Head } from "fresh/runtime";
import { define } from "../../../define.ts";

export const handler = define.handlers({
  GET(ctx) {
    if (ctx.params.id === "none") throw new HttpError(404);
    return { data: { room: ctx.params.id }, headers: { "x-trail": ctx.state.trail.join() } };
  },
  POST: (ctx) => ctx.redirect("//rooms/new?from=form", 303),
});

export default define.page<typeof handler>(({ data }) => (
  <>
    <Head>
      <title>{`Room ${data.room}`}</title>
    </Head>
    <h1>{data.room}</h1>
  </>
));
