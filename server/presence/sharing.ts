/** Telling other servers who is here as soon as it changes, and hearing who is there: what is lost of it the store heals. */
import type { MessageBus, Subscription } from "../../shared/bus/bus.ts";
import { logOf } from "../../shared/log.ts";
import { type AgentInfo, agentInfoSchema } from "../../shared/model/agent.ts";
import { atMost } from "../../shared/pause.ts";
import type { Roster } from "../roster.ts";
import type { Elsewhere } from "./elsewhere.ts";

const TOPIC = "parley.roster";
/** Agents that one event names: a notification of PostgreSQL is small. */
const MOST_NAMED = 50;
/** How long closing waits for what is received to end, in milliseconds. */
const FINISH_MS = 500;

const log = logOf("server", "roster");

/** Returns at once, also while the bus is away. Tells nobody while no other server is there, and does nothing where none can be. */
export function shareRoster(
  roster: Pick<Roster, "onChange" | "servers" | "options" | "here">,
  elsewhere: Elsewhere,
  bus: Pick<MessageBus, "emit" | "subscribe">,
): AsyncDisposable {
  const { servers, options: { serverId } } = roster;
  if (!servers.isShared) return new AsyncDisposableStack();
  const tell = (agents: AgentInfo[]) => {
    bus.emit(TOPIC, { server_id: serverId, agents })
      .catch((cause) => log.debug("Other servers were not told: {cause}", { cause }));
  };
  const subscription: Promise<Subscription | undefined> = bus.subscribe(TOPIC, (event) => {
    const said = (event ?? {}) as { server_id?: unknown; agents?: unknown };
    if (typeof said.server_id !== "string" || said.server_id === serverId) return;
    void elsewhere.hear(said.server_id, agentsIn(said.agents));
  }).catch((cause) => {
    log.warning("Who is with other servers is seen later: {cause}", { cause });
    return undefined;
  });
  const listening = roster.onChange((changed) => {
    if (servers.others.size === 0) return;
    const own = changed.filter(({ agent_id }) => roster.here.get(agent_id)?.serverId === serverId);
    for (let at = 0; at < own.length; at += MOST_NAMED) tell(own.slice(at, at + MOST_NAMED));
  });
  // By then it is kept that this server is there.
  void servers.look().then(() => servers.others.size > 0 && tell([]));
  return {
    async [Symbol.asyncDispose]() {
      listening[Symbol.dispose]();
      // While the bus is away, it is not received by now; then the bus's end ends it.
      await atMost(FINISH_MS, subscription.then((each) => each?.[Symbol.asyncDispose]()));
    },
  };
}

function agentsIn(agents: unknown): AgentInfo[] {
  if (!Array.isArray(agents)) return [];
  return agents.flatMap((agent) => agentInfoSchema.safeParse(agent).data ?? []);
}
