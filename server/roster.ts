/** The roster: which agents and brokers there are, and whose an id is (protocol, "Presence"). */
import type { MessageBus } from "../shared/bus/bus.ts";
import { ParleyError } from "../shared/error.ts";
import { logOf } from "../shared/log.ts";
import type { AgentInfo } from "../shared/model/agent.ts";
import { type Principal, serverPrincipal } from "../shared/model/principal.ts";
import type { Store } from "../shared/store/store.ts";
import { type BrokerInfo, type BrokerRegistration, Brokers } from "./brokers.ts";
import { type Agent, looksDifferent, readReport, toAgentInfo, toAgentRow } from "./presence/agent.ts";
import { Attendance } from "./presence/attendance.ts";
import { type Clock, systemClock } from "./presence/clock.ts";
import type { Connection } from "./presence/connection.ts";
import { Enrolment } from "./presence/enrolment.ts";
import { History } from "./presence/history.ts";
import { Elsewhere } from "./presence/elsewhere.ts";
import { goOnWith, type Kept, readKept } from "./presence/kept.ts";
import { keepAlive } from "./presence/last_alive.ts";
import { type Broken, giveUpConnections, openConnection, openReplies, type Peer } from "./presence/peer.ts";
import type { AgentRegistration } from "./presence/registration.ts";
import { RosterWriter } from "./presence/roster_writer.ts";
import type { Servers } from "./presence/servers.ts";
import { shareRoster } from "./presence/sharing.ts";
import { Standing } from "./presence/standing.ts";

export type { Agent, AgentRegistration, BrokerInfo, BrokerRegistration, Connection };

const log = logOf("server", "roster");
/** Why somebody is online that was silent, or gone, without having registered anew. */
const HEARD_AGAIN = "heard of again";

export interface RosterOptions {
  store: Pick<Store, "roster" | "history"> & Partial<Pick<Store, "isShared">>;
  serverId: string;
  config: { AGENT_HEARTBEAT_INTERVAL: number; AGENT_INACTIVITY_TIMEOUT: number };
  clock?: Clock;
  /** How many agents are known at most; default 10,000. */
  mostAgents?: number;
}

/** The roster as it is for whoever acts on agents: `get` finds those alone that no other server has. */
export type RosterHere = Pick<Roster, "get" | "list" | "onChange" | "settled">;

/** Figures for `/metrics`. */
export interface RosterFigures {
  agentsKnown: number;
  agentsOnline: number;
  brokersOnline: number;
  registrations: number;
}

/** Opens the roster with what was kept: everybody known is offline since last seen. Throws `unavailable` without the store. */
export async function openRoster(options: RosterOptions): Promise<Roster> {
  return new Roster(options, await readKept(options));
}

/**
 * Knows who is there. An agent is online from its registration on; when a stream or socket of it breaks it is
 * offline at once, and online again as soon as it registers, opens one or is heard of. Nothing here waits for the
 * store but `register`. Disposing ends every connection and writes what is left.
 */
export class Roster implements AsyncDisposable {
  readonly brokers: Brokers;
  readonly history: History;
  /** What operators decide about agents. */
  readonly standing: Standing;
  /** The servers that share the store. */
  readonly servers: Servers;
  /** The same for whoever acts on agents that no other server has alone. */
  readonly here: RosterHere;
  readonly #agents = new Map<string, Agent>();
  readonly #writer: RosterWriter;
  readonly #attendance: Attendance;
  readonly #alive: Disposable;
  readonly #enrolment: Enrolment;
  readonly #elsewhere: Elsewhere;

  /** Use `openRoster`. */
  constructor(readonly options: RosterOptions, kept: Kept) {
    const { servers } = kept;
    const { store, serverId, config, clock = systemClock } = options;
    const principal = serverPrincipal(serverId);
    const isElsewhere = ({ serverId }: Peer) => !servers.isOurs(serverId);
    this.servers = servers;
    this.#enrolment = new Enrolment({
      agents: this.#agents,
      brokers: () => this.brokers,
      clock,
      serverId,
      isElsewhere,
      isSurelyElsewhere: ({ serverId }) => servers.isSurelyOther(serverId),
      makeRoom: (most) => this.#attendance.makeRoom(most),
      mostAgents: options.mostAgents,
    });
    this.#writer = new RosterWriter({ store: store.roster, principal, clock });
    this.history = new History({ store: store.history, principal, clock });
    this.brokers = new Brokers({
      clock,
      serverId,
      isElsewhere,
      writer: this.#writer,
      history: this.history,
      holderOf: (id) => this.#enrolment.holderOf(id),
      inactivityMs: config.AGENT_INACTIVITY_TIMEOUT * 1000,
    });
    const awaited = goOnWith(kept, {
      agents: this.#agents,
      brokers: this.brokers,
      history: this.history,
      writer: this.#writer,
    });
    this.#attendance = new Attendance({
      agents: this.#agents,
      awaited,
      clock,
      limits: {
        heartbeatMs: this.heartbeatIntervalS * 1000,
        inactivityMs: config.AGENT_INACTIVITY_TIMEOUT * 1000,
        startedAt: clock.now(),
      },
      writer: this.#writer,
      history: this.history,
      isElsewhere,
    });
    this.standing = new Standing({
      attendance: this.#attendance,
      find: (id) => this.#enrolment.known(id),
      save: (agent) => this.#save(agent),
    });
    this.here = {
      get: (agentId) => this.#enrolment.here(agentId),
      list: () => this.list(),
      onChange: (listener) => this.onChange(listener),
      settled: this.settled,
    };
    this.#elsewhere = new Elsewhere({
      agents: this.#agents,
      brokers: this.brokers,
      attendance: this.#attendance,
      save: (agent) => this.#save(agent),
      store: store.roster,
      server: principal,
      servers,
      clock,
    });
    this.#alive = keepAlive(serverId, clock, this.#writer);
  }

  /** Tells other servers over `bus` who is here, and hears who is there. Dispose of the result to end that. */
  share(bus: Pick<MessageBus, "emit" | "subscribe">): AsyncDisposable {
    return shareRoster(this, this.#elsewhere, bus);
  }

  /** Reads anew whom the other servers have, where there are any. Never rejects. */
  async lookElsewhere(): Promise<void> {
    await this.#elsewhere.look();
  }

  /** Resolves once every agent that was online when last kept is back, at most 5 s after the start. */
  get settled(): Promise<void> {
    return this.#attendance.settled;
  }

  /** Keeps who is online as it is now, for the next start: whoever leaves from here on leaves because the server ends. */
  freeze(): void {
    for (const agent of this.#agents.values()) {
      if (agent.connections.size > 0) this.#attendance.stillHere(agent);
    }
    this.#writer.freeze();
    this.history.freeze();
  }

  /** Seconds between the heartbeats that agents are told to send; a whole number. */
  get heartbeatIntervalS(): number {
    return Math.ceil(this.options.config.AGENT_HEARTBEAT_INTERVAL);
  }

  /**
   * Registers an agent, which is online from now on, and gives the key by which it is known again. Resolves once
   * its row is written, or the store failed (then it is written later). Throws `invalid_message` naming the field
   * at fault, `conflict` when the id is in use and its key is not shown, or is a broker's, and `forbidden` while an
   * operator keeps the agent off.
   */
  async register(
    given: AgentRegistration,
  ): Promise<{ agentId: string; agentName: string; sessionKey: string }> {
    const { agent, key } = this.#enrolment.enrol(given);
    const { id: agentId, name: agentName } = agent;
    this.#attendance.happened(agent, "registered");
    await this.#save(agent);
    return { agentId, agentName, sessionKey: key };
  }

  /**
   * Takes an agent off: offline at once, its connections end. Resolves to false, changing nothing, when it is not
   * registered, or a session key is shown that is not its own (any more). Throws `unauthenticated` when none is shown though
   * it is connected with its key. `reason` is for the log.
   */
  async unregister(agentId: string, reason: string, sessionKey?: string): Promise<boolean> {
    const agent = this.#enrolment.leaver(agentId, sessionKey);
    if (!agent) return false;
    log.info("Agent {agentId} unregistered: {reason}", { agentId, reason });
    await this.standing.unregister(agent);
    return true;
  }

  /**
   * Opens an agent's connection, which shows it online. Throws `not_found` when it is not registered,
   * `unauthenticated` for a wrong key, and `conflict` when no key is shown while one of the kind stands, or any that was
   * opened with the key.
   */
  open(agentId: string, kind: "commands" | "hub" | "socket", sessionKey?: string): Connection {
    const agent = this.#hold(this.#enrolment.registered(agentId));
    const onBroken = ({ isOld }: Broken) =>
      isOld ? this.#attendance.unheld(agent) : this.#attendance.left(agent, "disconnected");
    const connection = openConnection(agent, { kind, sessionKey, onBroken });
    if (kind === "commands") agent.opensCommands = false;
    this.#attendance.heard(agent, { reason: "connected" });
    return connection;
  }

  /**
   * Opens what an agent writes replies by, which is no presence: it is given up when the agent unregisters, or another
   * gets its id. Throws `not_found` when it is not registered, and `unauthenticated` without its key.
   */
  openReplies(agentId: string, sessionKey: string | undefined): Connection {
    return openReplies(this.#enrolment.registered(agentId), sessionKey);
  }

  /**
   * Takes an agent's own word for how it is. Throws what `requireAgent` throws, and what `readReport` throws: then
   * it was heard of all the same.
   */
  heartbeat(
    agentId: string,
    said: { status?: unknown; metrics?: unknown },
    sessionKey?: string,
  ): void {
    const agent = this.#hold(this.#enrolment.speaker(agentId, sessionKey));
    const wasOnline = agent.isOnline;
    let isNew = false;
    try {
      const report = readReport(agent, said);
      isNew = looksDifferent(agent.report, report);
      agent.report = report;
    } finally {
      this.#attendance.heard(agent, { reason: wasOnline ? "reported" : HEARD_AGAIN, isNew });
    }
  }

  /**
   * Checks that a call is an agent's own. Throws `not_found` when it is not registered, or shows a session key that is
   * not its own (any more): it registers again; and `unauthenticated` when it shows none, though it is connected with
   * its key.
   */
  requireAgent(agentId: string, sessionKey?: string): void {
    this.#enrolment.speaker(agentId, sessionKey);
  }

  /** Notes a sign of life from an agent's socket, whatever it sent. One that is not registered is passed over. */
  heardOf(agentId: string): void {
    const agent = this.#enrolment.here(agentId);
    if (agent?.isRegistered) this.#attendance.heard(this.#hold(agent), { reason: HEARD_AGAIN });
  }

  /** Takes another's word that a client is gone. One that is connected here, or unknown, is none of its business. */
  disconnected(id: string): void {
    const agent = this.#enrolment.here(id);
    if (agent && agent.connections.size === 0) this.#attendance.left(agent, "disconnected");
  }

  /** Finds an agent, online or not. What it gives is the roster's own: do not change it. */
  get(agentId: string): Readonly<Agent> | undefined {
    return this.#agents.get(agentId);
  }

  /** Tells whether an agent is another server's: what becomes of it and of what it has is for that one to say. */
  isElsewhere(agentId: string): boolean {
    return this.#agents.has(agentId) && this.#enrolment.here(agentId) === undefined;
  }

  /** Lists every agent that is known, offline ones included. */
  list(): AgentInfo[] {
    return Array.from(this.#agents.values(), toAgentInfo);
  }

  /** Tells whether a message can be given to an agent now: it is online and not paused. */
  isReachable(agentId: string): boolean {
    const agent = this.#agents.get(agentId);
    return agent !== undefined && agent.isOnline && !agent.isPaused;
  }

  /** Tells `listener` what changes: the first change at once, those of the 20 ms after it together. */
  onChange(listener: (changed: AgentInfo[]) => void): Disposable {
    return this.#attendance.onChange(listener);
  }

  /** Tells who a peer is by the key of its registration. Throws `unauthenticated` when it shows none that is valid. */
  authenticate(id: string, sessionKey: string): Principal {
    return this.#enrolment.authenticate(id, sessionKey);
  }

  /** Gives the figures for `/metrics`. */
  figures(): RosterFigures {
    let agentsOnline = 0;
    for (const agent of this.#agents.values()) if (agent.isOnline) agentsOnline++;
    const brokersOnline = this.brokers.list().filter((broker) => broker.is_online).length;
    return {
      agentsKnown: this.#agents.size,
      agentsOnline,
      brokersOnline,
      registrations: this.#enrolment.count,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#alive[Symbol.dispose]();
    await this.#elsewhere[Symbol.asyncDispose]();
    this.#attendance[Symbol.dispose]();
    const reason = new ParleyError("unavailable", "The server is shutting down. Come back soon.");
    for (const agent of this.#agents.values()) giveUpConnections(agent, reason);
    this.brokers.close(reason);
    await Promise.all([
      this.#writer[Symbol.asyncDispose](),
      this.history[Symbol.asyncDispose](),
      this.servers[Symbol.asyncDispose](),
    ]);
  }

  #save(agent: Agent): Promise<void> {
    return this.#writer.save(agent.id, () => toAgentRow(agent));
  }

  /** Notes that an agent is this server's from now on. */
  #hold(agent: Agent): Agent {
    if (agent.serverId === this.options.serverId) return agent;
    agent.serverId = this.options.serverId;
    void this.#save(agent);
    return agent;
  }
}
