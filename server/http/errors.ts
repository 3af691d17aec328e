/** `/api/errors`: what went wrong lately at this server. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { ERROR_CODES } from "../../shared/error.ts";
import { KINDS_OF_ERROR } from "../figures/recent_errors.ts";
import { callerOf } from "./caller.ts";
import { answers, pageOf, pageQuery } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const errorSchema = z.object({
  at: z.string(),
  code: z.enum(ERROR_CODES).nullable(),
  what: z.enum(KINDS_OF_ERROR),
  id: z.string().nullable(),
  text: z.string(),
  agent_id: z.string().nullable(),
  conversation_id: z.string().nullable(),
}).openapi("RecentError");

const list = createRoute({
  method: "get",
  path: "/api/errors",
  request: { query: pageQuery },
  responses: answers(pageOf(errorSchema), "The newest 200 things that went wrong, newest first."),
});

export function addErrors(app: OpenAPIHono, { errors, delivery, authorize }: HttpOptions): void {
  app.openapi(list, async (c) => {
    const { principal } = await callerOf(c.req.header("authorization"), delivery);
    authorize(principal, "read_queues", "*");
    return c.json(errors.list(c.req.valid("query")), 200);
  });
}
