/** `GET /api/messages`: what one agent sent and received, in whichever conversation. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { callerOf } from "./caller.ts";
import { answers, messageShown, pageOf, pageQuery, shownMessage } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const WHOSE = "say the agent whose messages you want";
const agent = z.string(WHOSE).min(1, WHOSE).max(100)
  .regex(/^\P{Cc}*$/u, "control characters are not allowed");

const list = createRoute({
  method: "get",
  path: "/api/messages",
  request: { query: pageQuery.extend({ agent }) },
  responses: answers(pageOf(messageShown), "The messages that the agent sent or received, newest first."),
});

export function addAgentMessages(app: OpenAPIHono, { store, delivery, authorize }: HttpOptions): void {
  app.openapi(list, async (c) => {
    const { principal } = await callerOf(c.req.header("authorization"), delivery);
    authorize(principal, "read_conversation", "*");
    const { agent, ...page } = c.req.valid("query");
    const { items, next_cursor } = await store.conversations.messagesOf(principal, agent, page);
    return c.json({ items: items.map(shownMessage), next_cursor }, 200);
  });
}
