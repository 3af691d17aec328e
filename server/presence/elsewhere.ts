/** The agents and brokers that other servers have: shown here as those keep them, and taken over when their server is gone. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { PeerRow, RosterStore } from "../../shared/store/store.ts";
import type { Brokers } from "../brokers.ts";
import { type Agent, fromInfo, fromRowElsewhere, registeredElsewhere, shownElsewhere } from "./agent.ts";
import type { Attendance } from "./attendance.ts";
import { type Clock, every } from "./clock.ts";
import { giveUpConnections } from "./peer.ts";
import type { Servers } from "./servers.ts";

/** An event of another server may be lost: everything is read so often. */
const LOOK_EVERY_MS = 5_000;

const log = logOf("server", "roster");

export interface ElsewhereOptions {
  /** Everybody that is known, by id. */
  agents: Map<string, Agent>;
  brokers: Brokers;
  attendance: Attendance;
  /** Keeps an agent that is this server's now. */
  save: (agent: Agent) => Promise<void>;
  store: Pick<RosterStore, "list">;
  server: Principal;
  servers: Servers;
  clock: Clock;
}

/** Reads nothing while no other server is there. */
export class Elsewhere implements AsyncDisposable {
  readonly #options: ElsewhereOptions;
  readonly #resources = new DisposableStack();
  #looking: Promise<void> | undefined;
  #again = false;

  constructor(options: ElsewhereOptions) {
    const { servers, clock } = this.#options = options;
    this.#resources.use(servers.onChange(({ gone }) => {
      for (const serverId of gone) this.#lost(serverId);
      void this.look();
    }));
    this.#resources.use(every(clock, LOOK_EVERY_MS, () => void this.look()));
  }

  /** Reads whom the other servers have; resolves once all that was kept when this was called is known. Never rejects. */
  look(): Promise<void> {
    if (this.#options.servers.others.size === 0) return Promise.resolve();
    if (this.#looking) {
      this.#again = true;
      return this.#looking;
    }
    return this.#looking = this.#lookWhileAsked()
      .catch((cause) => log.debug("Other servers' agents are read again soon: {cause}", { cause }))
      .finally(() => {
        this.#looking = undefined;
        // Asked for while the last look was ending.
        if (this.#again) void this.look();
      });
  }

  /** Takes another server's word for how agents are that it has. */
  async hear(serverId: string, infos: readonly AgentInfo[]): Promise<void> {
    // The first word of one that has just come is heard before it is seen.
    if (!this.#options.servers.isOther(serverId)) await this.#options.servers.look();
    for (const info of infos) this.#hear(serverId, info);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#resources[Symbol.dispose]();
    await this.#looking;
  }

  async #lookWhileAsked(): Promise<void> {
    do {
      this.#again = false;
      await this.#look();
    } while (this.#again);
  }

  async #look(): Promise<void> {
    const { store, server, agents, attendance, brokers, servers } = this.#options;
    const before = new Set([...agents.values()].filter((agent) => servers.isOther(agent.serverId)));
    const rows = await store.list(server);
    const kept = new Set(rows.map(({ id }) => id));
    for (const row of rows) {
      if (!servers.isOther(row.server_id)) continue;
      if (row.kind === "agent") this.#take(row);
      if (row.kind === "broker") brokers.learn(row);
    }
    for (const agent of before) {
      if (!kept.has(agent.id) && servers.isOther(agent.serverId)) attendance.forget(agent);
    }
  }

  #take(row: PeerRow): void {
    const { agents, attendance, server } = this.#options;
    const known = agents.get(row.id);
    if (known?.serverId === server.id && !isNewer(row, known)) return;
    const found = fromRowElsewhere(row);
    if (!known) {
      agents.set(row.id, found);
      return attendance.changedElsewhere(found);
    }
    if (known.serverId === server.id) giveUpConnections(known, movedAway(row.id));
    if (registeredElsewhere(known, found)) attendance.changedElsewhere(known);
  }

  #hear(serverId: string, info: AgentInfo): void {
    const { agents, attendance, servers } = this.#options;
    const known = agents.get(info.agent_id);
    if (!servers.isOther(serverId) || (known && !this.#isNow(known, serverId, info))) return;
    const agent = known ?? fromInfo(info, serverId);
    if (agent.serverId !== serverId) Object.assign(agent, { serverId, lastSeen: 0 });
    agents.set(agent.id, agent);
    if (shownElsewhere(agent, info)) attendance.changedElsewhere(agent);
  }

  /** Tells whether an agent is another server's by its word alone: one that is connected here its row must say to have moved. */
  #isNow(known: Agent, serverId: string, info: AgentInfo): boolean {
    if (known.serverId === serverId) return true;
    if (known.connections.size > 0) void this.look();
    return known.connections.size === 0 && info.is_online;
  }

  /** Shows offline whom a server had that is gone; they are this one's now where that is the first of those left. */
  #lost(serverId: string): void {
    const { agents, attendance, brokers, servers, server, save } = this.#options;
    brokers.lost(serverId);
    for (const agent of agents.values()) {
      if (agent.serverId !== serverId) continue;
      if (!servers.isOurs(serverId)) {
        agent.isOnline = false;
        attendance.changedElsewhere(agent);
        continue;
      }
      agent.serverId = server.id;
      attendance.left(agent, "server gone");
      attendance.changedElsewhere(agent);
      void save(agent);
    }
  }
}

/** Tells whether an agent registered with another server after it did here. */
function isNewer(row: PeerRow, known: Agent): boolean {
  return (Date.parse(row.registered_at) || 0) > known.registeredAt;
}

function movedAway(agentId: string): ParleyError {
  return new ParleyError("conflict", `${agentId} has registered with another server.`);
}
