/** Telling other servers who is here as soon as it changes, and hearing who is there: what is lost of it the store heals. */
import type { MessageBus, Subscription } from "../../shared/bus/bus.ts";
import { logOf } from "../../shared/log.ts";
import { type AgentInfo, agentInfoSchema } from "../../shared/model/agent.ts";
import type { Roster } from "../roster.ts";
import type { Elsewhere } from "./elsewhere.ts";

const TOPIC = "parley.roster";
/** Agents that one event names: a notification of PostgreSQL is small. */
const MOST_NAMED = 50;

const log = logOf("server", "roster");

/** Tells nobody while no other server is there. */
export async function shareRoster(
  roster: Pick<Roster, "onChange" | "servers" | "options" | "here">,
  elsewhere: Elsewhere,
  bus: Pick<MessageBus, "emit" | "subscribe">,
): Promise<AsyncDisposable> {
  const { servers, options: { serverId } } = roster;
  const resources = new AsyncDisposableStack();
  const subscription: Subscription | undefined = await bus.subscribe(TOPIC, (event) => {
    const said = (event ?? {}) as { server_id?: unknown; agents?: unknown };
    if (typeof said.server_id !== "string" || said.server_id === serverId) return;
    elsewhere.hear(said.server_id, agentsIn(said.agents));
  }).catch((cause) => {
    log.warning("Who is with other servers is seen later: {cause}", { cause });
    return undefined;
  });
  if (subscription) resources.use(subscription);
  resources.use(roster.onChange((changed) => {
    if (servers.others.size === 0) return;
    const own = changed.filter(({ agent_id }) => roster.here.get(agent_id)?.serverId === serverId);
    for (let at = 0; at < own.length; at += MOST_NAMED) {
      const event = { server_id: serverId, agents: own.slice(at, at + MOST_NAMED) };
      bus.emit(TOPIC, event).catch((cause) => log.debug("Other servers were not told: {cause}", { cause }));
    }
  }));
  return resources;
}

function agentsIn(agents: unknown): AgentInfo[] {
  if (!Array.isArray(agents)) return [];
  return agents.flatMap((agent) => agentInfoSchema.safeParse(agent).data ?? []);
}
