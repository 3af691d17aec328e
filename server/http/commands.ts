/** `/api/agents/:id/commands` and `/api/commands`: what agents are told to do, and what became of it. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { HTTPException } from "hono/http-exception";
import { ParleyError } from "../../shared/error.ts";
import { COMMAND_STATUSES, commandSchema, newCommandSchema } from "../../shared/model/command.ts";
import { actorOf } from "../../shared/model/principal.ts";
import { callerOf, senderOf } from "./caller.ts";
import { problem } from "./problem.ts";
import { answers, pageOf, pageQuery } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const params = z.object({ id: z.string().max(100) });
const acceptedSchema = z.object({ command_id: z.string(), status: z.enum(COMMAND_STATUSES) })
  .openapi("CommandAccepted");
const askedSchema = newCommandSchema.extend({
  /** The sender's own, so that what is sent again after a broken connection is not run twice. */
  command_id: z.string().max(100).optional(),
});
// Who may decide, and whether there is anything to decide on, comes before what is missing here.
const decisionSchema = z.looseObject({ digest: z.string().min(1).max(200).optional() }).openapi(
  "ApprovalDecision",
);

const create = createRoute({
  method: "post",
  path: "/api/agents/{id}/commands",
  request: { params, body: { required: true, content: { "application/json": { schema: askedSchema } } } },
  responses: {
    202: {
      description: "It is kept, and sent or waiting for its agent.",
      content: { "application/json": { schema: acceptedSchema } },
    },
    default: answers(commandSchema, "").default,
  },
});

const list = createRoute({
  method: "get",
  path: "/api/agents/{id}/commands",
  request: { params, query: pageQuery },
  responses: answers(
    pageOf(commandSchema),
    "The agent's commands, newest first, each with the beginning and the end of its output.",
  ),
});

const listAll = createRoute({
  method: "get",
  path: "/api/commands",
  request: { query: pageQuery },
  responses: answers(
    pageOf(commandSchema),
    "The commands of all agents, newest first, each with the beginning and the end of its output.",
  ),
});

const show = createRoute({
  method: "get",
  path: "/api/commands/{id}",
  request: { params },
  responses: answers(commandSchema, "The command; while it runs, with what it printed so far."),
});

const cancel = createRoute({
  method: "post",
  path: "/api/commands/{id}/cancel",
  request: { params },
  responses: answers(commandSchema, "The command. One that was sent ends when its agent has ended it."),
});

const decideRoute = (decision: "approve" | "deny") =>
  createRoute({
    method: "post",
    path: `/api/commands/{id}/${decision}`,
    request: {
      params,
      body: { required: false, content: { "application/json": { schema: decisionSchema } } },
    },
    responses: answers(
      commandSchema,
      decision === "approve"
        ? "The command. `digest` is needed, and is `approval.digest` of what was shown: only that is approved."
        : "The command. With `digest`, only what it names is denied.",
    ),
  });

export function addCommands(app: OpenAPIHono, { center, roster, delivery, authorize }: HttpOptions): void {
  const reader = async (authorization: string | undefined, id: string) => {
    const caller = await callerOf(authorization, delivery);
    authorize(caller.principal, "read_commands", id);
    return caller;
  };
  /** Finds a command that the caller may see and act on, and says as whom. */
  const acting = async (authorization: string | undefined, id: string) => {
    const caller = await reader(authorization, id);
    const command = await center.get(caller.principal, id);
    authorize(caller.principal, "command_agent", command.agent_id);
    return { command, by: actorOf(caller.principal) };
  };

  app.openapi(create, async (c) => {
    const { id } = c.req.valid("param");
    const { principal } = senderOf(await callerOf(c.req.header("authorization"), delivery), delivery);
    authorize(principal, "command_agent", id);
    const { command_id, status } = await center.create(principal, id, c.req.valid("json")).catch(
      offlineAsConflict,
    );
    return c.json({ command_id, status }, 202);
  });
  app.openapi(list, async (c) => {
    const { id } = c.req.valid("param");
    const { principal } = await reader(c.req.header("authorization"), id);
    const page = c.req.valid("query");
    const found = await center.list(principal, { ...page, agentId: id });
    // A forgotten agent's commands can still be read.
    if (found.items.length === 0 && !page.cursor && !roster.get(id)) {
      throw new ParleyError("not_found", `There is no agent '${id}'.`);
    }
    return c.json(found, 200);
  });
  app.openapi(listAll, async (c) => {
    const { principal } = await reader(c.req.header("authorization"), "*");
    return c.json(await center.list(principal, c.req.valid("query")), 200);
  });
  app.openapi(show, async (c) => {
    const { id } = c.req.valid("param");
    const { principal } = await reader(c.req.header("authorization"), id);
    return c.json(await center.get(principal, id), 200);
  });
  app.openapi(cancel, async (c) => {
    const { id } = c.req.valid("param");
    const { by } = await acting(c.req.header("authorization"), id);
    return c.json(await center.cancel(id, by), 200);
  });
  for (const decision of ["approve", "deny"] as const) {
    app.openapi(decideRoute(decision), async (c) => {
      const { command, by } = await acting(c.req.header("authorization"), c.req.valid("param").id);
      const { digest } = c.req.valid("json") ?? {};
      return c.json(await center[decision](command, by, digest).catch(offlineAsConflict), 200);
    });
  }
}

/** That its agent is away is no fault of the server's: it conflicts with what was asked for. */
function offlineAsConflict(thrown: unknown): never {
  const error = ParleyError.from(thrown);
  if (error.code !== "agent_offline") throw thrown;
  throw new HTTPException(409, { res: problem(error, { status: 409 }) });
}
