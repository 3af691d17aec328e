/** `/api/dead-letters`: what was given up, and bringing it back. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { callerOf } from "./caller.ts";
import { answers, deadLetterSchema, pageOf, pageQuery, searched } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const params = z.object({ id: z.string().max(200) });

const list = createRoute({
  method: "get",
  path: "/api/dead-letters",
  request: {
    query: pageQuery.extend({
      q: searched.openapi({ description: "In the body, the reason, the code or the id." }),
      queue: searched.openapi({ description: "Those of this queue alone." }),
    }),
  },
  responses: answers(pageOf(deadLetterSchema), "The messages that were given up, newest first."),
});

const show = createRoute({
  method: "get",
  path: "/api/dead-letters/{id}",
  request: { params },
  responses: answers(deadLetterSchema, "The dead letter."),
});

const remove = createRoute({
  method: "delete",
  path: "/api/dead-letters/{id}",
  request: { params },
  responses: { 204: { description: "It is gone." } },
});

const replay = createRoute({
  method: "post",
  path: "/api/dead-letters/{id}/replay",
  request: { params },
  responses: answers(
    z.object({ id: z.string(), message_id: z.string(), queue: z.string() }),
    "The message is back in this queue, and no dead letter any more.",
  ),
});

export function addDeadLetters(app: OpenAPIHono, { control, delivery }: HttpOptions): void {
  const principalOf = async (authorization: string | undefined) =>
    (await callerOf(authorization, delivery)).principal;
  app.openapi(list, async (c) => {
    const principal = await principalOf(c.req.header("authorization"));
    const { q, queue, ...page } = c.req.valid("query");
    const filter = { query: q || undefined, queue: queue || undefined };
    return c.json(await control.deadLetters(principal, { ...page, ...filter }), 200);
  });
  app.openapi(show, async (c) => {
    const principal = await principalOf(c.req.header("authorization"));
    return c.json(await control.deadLetter(principal, c.req.valid("param").id), 200);
  });
  app.openapi(remove, async (c) => {
    const principal = await principalOf(c.req.header("authorization"));
    await control.removeDeadLetter(principal, c.req.valid("param").id);
    return c.body(null, 204);
  });
  app.openapi(replay, async (c) => {
    const principal = await principalOf(c.req.header("authorization"));
    const { id } = c.req.valid("param");
    const { messageId, queue } = await control.replay(principal, id);
    return c.json({ id, message_id: messageId, queue }, 200);
  });
}
