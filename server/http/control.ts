/** What people do to agents and queues over HTTP: pausing, resuming, taking off, letting back, resetting. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { AGENT_ACTIONS, type AgentAction } from "../control/agent_control.ts";
import { callerOf } from "./caller.ts";
import { answers } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const oneSchema = z.object({
  agent_id: z.string(),
  changed: z.boolean(),
  message: z.string(),
}).openapi("AgentControlled");

const allSchema = z.object({
  agent_ids: z.array(z.string()),
  changed: z.boolean(),
  changed_count: z.int(),
  message: z.string(),
}).openapi("AgentsControlled");

const resetSchema = z.object({
  queues: z.record(z.string(), z.int()),
  messages: z.int(),
  message: z.string(),
}).openapi("QueuesReset");

const WHAT: Readonly<Record<AgentAction, string>> = {
  pause: "Keeps new messages from",
  resume: "Gives messages again to",
  deregister: "Takes off the roster, until let back,",
  reregister: "Lets back, or has register anew,",
};

const oneRoute = (action: AgentAction) =>
  createRoute({
    method: "post",
    path: `/api/agents/{id}/${action}`,
    request: { params: z.object({ id: z.string().max(100) }) },
    responses: answers(oneSchema, `${WHAT[action]} one agent. \`changed\`: whether it was not so before.`),
  });

const allRoute = (action: AgentAction) =>
  createRoute({
    method: "post",
    path: `/api/agents/${action}`,
    responses: answers(
      allSchema,
      `${WHAT[action]} all known agents. \`agent_ids\`: those it changed anything for.`,
    ),
  });

const reset = createRoute({
  method: "post",
  path: "/api/queues/reset",
  responses: answers(
    resetSchema,
    "Puts everything that waits into the dead letters. `queues`: how many messages of which queue.",
  ),
});

export function addControl(app: OpenAPIHono, { control, delivery }: HttpOptions): void {
  const principalOf = async (authorization: string | undefined) =>
    (await callerOf(authorization, delivery)).principal;
  for (const action of AGENT_ACTIONS) {
    app.openapi(oneRoute(action), async (c) => {
      const principal = await principalOf(c.req.header("authorization"));
      const { agentId, changed, text } = await control.agents.one(principal, action, c.req.valid("param").id);
      return c.json({ agent_id: agentId, changed, message: text }, 200);
    });
    app.openapi(allRoute(action), async (c) => {
      const principal = await principalOf(c.req.header("authorization"));
      const { agentIds, text } = await control.agents.all(principal, action);
      const changed_count = agentIds.length;
      return c.json({ agent_ids: agentIds, changed: changed_count > 0, changed_count, message: text }, 200);
    });
  }
  app.openapi(reset, async (c) => {
    const principal = await principalOf(c.req.header("authorization"));
    const { queues, messages, text } = await control.resetQueues(principal);
    return c.json({ queues, messages, message: text }, 200);
  });
}
