/** `/api/agents` and `/api/brokers`: who is there. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { ParleyError } from "../../shared/error.ts";
import type { AgentInfo } from "../../shared/model/agent.ts";
import { callerOf } from "./caller.ts";
import { agentSchema, answers, brokerSchema, pageOf, pageQuery } from "./schema.ts";
import type { HttpOptions } from "./server.ts";
import { sliceOf } from "./slice.ts";

const agentsQuery = pageQuery.extend({
  capability: z.string().max(200).optional(),
  online: z.stringbool({ error: "Allowed are true and false" }).optional(),
});

const listAgents = createRoute({
  method: "get",
  path: "/api/agents",
  request: { query: agentsQuery },
  responses: answers(pageOf(agentSchema), "The agents that are known."),
});

const showAgent = createRoute({
  method: "get",
  path: "/api/agents/{id}",
  request: { params: z.object({ id: z.string() }) },
  responses: answers(agentSchema, "The agent."),
});

const listBrokers = createRoute({
  method: "get",
  path: "/api/brokers",
  request: { query: pageQuery },
  responses: answers(pageOf(brokerSchema), "The brokers that are known."),
});

export function addAgents(app: OpenAPIHono, { roster, delivery, authorize }: HttpOptions): void {
  const check = async (authorization: string | undefined, id = "*") =>
    authorize((await callerOf(authorization, delivery)).principal, "read_roster", id);
  app.openapi(listAgents, async (c) => {
    await check(c.req.header("authorization"));
    const { capability, online, ...page } = c.req.valid("query");
    const found = roster.list().filter((agent) => fits(agent, capability, online));
    return c.json(sliceOf(found.sort(byName), page), 200);
  });
  app.openapi(showAgent, async (c) => {
    const { id } = c.req.valid("param");
    await check(c.req.header("authorization"), id);
    const agent = roster.list().find(({ agent_id }) => agent_id === id);
    if (!agent) throw new ParleyError("not_found", `There is no agent '${id}'.`);
    return c.json(agent, 200);
  });
  app.openapi(listBrokers, async (c) => {
    await check(c.req.header("authorization"));
    return c.json(sliceOf(roster.brokers.list().map((broker) => ({ ...broker })), c.req.valid("query")), 200);
  });
}

function fits(agent: AgentInfo, capability: string | undefined, online: boolean | undefined): boolean {
  if (capability !== undefined && !agent.capabilities.includes(capability)) return false;
  return online === undefined || agent.is_online === online;
}

/** Who is there comes first; then by name, so that the list stands still. */
function byName(one: AgentInfo, other: AgentInfo): number {
  return Number(other.is_online) - Number(one.is_online) || one.agent_name.localeCompare(other.agent_name) ||
    one.agent_id.localeCompare(other.agent_id);
}
