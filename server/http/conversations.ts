/** `/api/conversations`: what was said. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { ParleyError } from "../../shared/error.ts";
import type { Principal } from "../../shared/model/principal.ts";
import { callerOf } from "./caller.ts";
import { answers, conversationSchema, messageShown, pageOf, pageQuery, shownMessage } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const params = z.object({ id: z.string().max(100) });

const list = createRoute({
  method: "get",
  path: "/api/conversations",
  request: { query: pageQuery.extend({ q: z.string().max(200).optional() }) },
  responses: answers(pageOf(conversationSchema), "The conversations, newest first."),
});

const show = createRoute({
  method: "get",
  path: "/api/conversations/{id}",
  request: { params },
  responses: answers(conversationSchema, "The conversation."),
});

const rename = createRoute({
  method: "patch",
  path: "/api/conversations/{id}",
  request: {
    params,
    body: {
      required: true,
      content: { "application/json": { schema: z.object({ title: z.string().trim().min(1).max(200) }) } },
    },
  },
  responses: answers(conversationSchema, "The conversation with its new title."),
});

const remove = createRoute({
  method: "delete",
  path: "/api/conversations/{id}",
  request: { params },
  responses: { 204: { description: "It is gone, with its messages." } },
});

const messages = createRoute({
  method: "get",
  path: "/api/conversations/{id}/messages",
  request: { params, query: pageQuery },
  responses: answers(pageOf(messageShown), "The conversation's messages, newest first."),
});

export function addConversations(app: OpenAPIHono, { store, delivery, authorize }: HttpOptions): void {
  const { conversations } = store;
  const reader = async (authorization: string | undefined, id = "*") => {
    const { principal } = await callerOf(authorization, delivery);
    authorize(principal, "read_conversation", id);
    return principal;
  };
  const found = async (principal: Principal, id: string) =>
    await conversations.find(principal, id) ?? notFound(id);

  app.openapi(list, async (c) => {
    const { q: query, ...page } = c.req.valid("query");
    return c.json(
      await conversations.list(await reader(c.req.header("authorization")), { ...page, query }),
      200,
    );
  });
  app.openapi(show, async (c) => {
    const { id } = c.req.valid("param");
    return c.json(await found(await reader(c.req.header("authorization"), id), id), 200);
  });
  app.openapi(rename, async (c) => {
    const { id } = c.req.valid("param");
    const principal = await reader(c.req.header("authorization"), id);
    authorize(principal, "change_conversation", id);
    if (!await conversations.rename(principal, id, c.req.valid("json").title)) notFound(id);
    return c.json(await found(principal, id), 200);
  });
  app.openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    const principal = await reader(c.req.header("authorization"), id);
    authorize(principal, "change_conversation", id);
    if (!await conversations.remove(principal, id)) notFound(id);
    delivery.context.threads.forget(id);
    return c.body(null, 204);
  });
  app.openapi(messages, async (c) => {
    const { id } = c.req.valid("param");
    const principal = await reader(c.req.header("authorization"), id);
    await found(principal, id);
    const { items, next_cursor } = await conversations.messages(principal, id, c.req.valid("query"));
    return c.json({ items: items.map(shownMessage), next_cursor }, 200);
  });
}

function notFound(id: string): never {
  throw new ParleyError("not_found", `There is no conversation '${id}'.`);
}
