/** The brokers on the roster: who they are, and which of them are connected. */
import { ParleyError } from "../shared/error.ts";
import type { PeerRow } from "../shared/store/store.ts";
import { Alarm } from "./presence/alarm.ts";
import type { Clock } from "./presence/clock.ts";
import type { Connection } from "./presence/connection.ts";
import {
  claimId,
  giveUpConnections,
  type Holder,
  newPeer,
  NOT_AN_AGENT,
  openConnection,
  type Peer,
} from "./presence/peer.ts";
import { tookOver } from "./presence/claim.ts";
import { lineOf, requireName } from "./presence/registration.ts";
import type { RosterWriter } from "./presence/roster_writer.ts";
import { FORGET_AFTER_MS } from "./presence/deadline.ts";
import type { History, Subject } from "./presence/history.ts";

/** What a broker says when it registers. */
export interface BrokerRegistration {
  brokerId?: string;
  brokerName: string;
  connectionType: "grpc" | "websocket";
  sessionKey?: string | undefined;
  version?: string | undefined;
  hostname?: string | undefined;
}

/** What is told of a broker. */
export interface BrokerInfo {
  broker_id: string;
  broker_name: string;
  is_online: boolean;
  last_seen: string;
  status: "idle" | "offline";
  connection_type: "grpc" | "websocket";
  registered_at: string;
  version: string;
  hostname: string;
}

/** A broker, with what it says of itself; empty where it says nothing. */
interface Broker extends Peer {
  version: string;
  hostname: string;
}

/** Milliseconds between the server's heartbeats on sockets, which brokers answer. */
export const SERVER_HEARTBEAT_MS = 10_000;
/** How many of them a broker on a socket may leave unanswered, and how late its answer may be, in milliseconds. */
const UNANSWERED = 2;
const LATE_MS = 1_000;

export interface BrokersOptions {
  clock: Clock;
  serverId: string;
  /** Whether another server has a broker: what becomes of it is for that one to write. */
  isElsewhere: (broker: Peer) => boolean;
  writer: RosterWriter;
  history: History;
  /** Milliseconds of silence after which a peer on a socket counts as gone, where that is longer than two heartbeats. */
  inactivityMs: number;
  /** Tells whose an id is, an agent's or a broker's. */
  holderOf: (id: string) => Holder | undefined;
}

/**
 * Knows every broker that registered within two days. A broker is online while a stream of it is open, or a socket on
 * which it answers.
 */
export class Brokers {
  readonly #brokers = new Map<string, Broker>();
  readonly #silence: Alarm;

  constructor(readonly options: BrokersOptions) {
    this.#silence = new Alarm(options.clock, () => this.#endSilence());
  }

  /** Takes in what was kept. */
  load(row: PeerRow): void {
    const broker = fromRow(row);
    this.#brokers.set(row.id, broker);
    if (this.options.isElsewhere(broker)) broker.isOnline = row.status !== "offline";
    else this.options.writer.seen(row.id, () => this.#row(broker));
  }

  /** Takes in what another server has kept of a broker, unless it is connected here. */
  learn(row: PeerRow): void {
    if ((this.#brokers.get(row.id)?.connections.size ?? 0) === 0) this.load(row);
  }

  /** Shows those offline that a server had which is gone. */
  lost(serverId: string): void {
    for (const broker of this.#brokers.values()) {
      if (broker.serverId === serverId && broker.isOnline) this.#show(broker, false, "server gone");
    }
  }

  /** Registers a broker; promises and errors are those of `Roster.register`. */
  async register(
    given: BrokerRegistration,
  ): Promise<{ brokerId: string; brokerName: string; sessionKey: string }> {
    this.forget();
    const name = requireName("broker_name", given.brokerName);
    const claim = { kind: "broker" as const, id: given.brokerId, sessionKey: given.sessionKey };
    const { id, key } = claimId(claim, this.options.holderOf);
    const known = this.#brokers.get(id);
    const { connectionType } = given;
    const said = { version: lineOf("version", given.version), hostname: lineOf("hostname", given.hostname) };
    const { clock, serverId } = this.options;
    const peer = newPeer({ id, serverId, key, name, clock, connectionType });
    if (known && known.keyHash !== peer.keyHash) giveUpConnections(known, tookOver(id));
    const broker = {
      ...peer,
      ...said,
      connections: known?.connections ?? peer.connections,
      isOnline: (known?.connections.size ?? 0) > 0 && known!.isOnline,
    };
    this.#brokers.set(id, broker);
    this.options.history.noteEvent(subjectOf(broker), "registered");
    await this.#save(id);
    return { brokerId: id, brokerName: name, sessionKey: key };
  }

  /** Opens a broker's connection. Throws `not_found`, `unauthenticated`, `conflict` as `Roster.open` does. */
  open(brokerId: string, kind: "status" | "hub" | "socket", sessionKey?: string): Connection {
    const broker = this.#brokers.get(brokerId);
    if (!broker || this.options.isElsewhere(broker)) {
      throw new ParleyError("not_found", `No broker ${brokerId} is registered here. Register first.`);
    }
    broker.serverId = this.options.serverId;
    const onBroken = () => this.#broken(brokerId);
    const connection = openConnection(broker, { kind, sessionKey, onBroken });
    this.#heard(broker, "connected");
    return connection;
  }

  /** Notes a sign of life from a broker's socket. One that is unknown is passed over. */
  heardOf(brokerId: string): void {
    const broker = this.#brokers.get(brokerId);
    if (broker && !this.options.isElsewhere(broker)) this.#heard(broker, "heard of again");
  }

  /** Finds a broker that registered. */
  find(brokerId: string): Peer | undefined {
    return this.#brokers.get(brokerId);
  }

  /** Lists the brokers that are known. */
  list(): BrokerInfo[] {
    this.forget();
    return Array.from(this.#brokers.values(), (broker) => ({
      broker_id: broker.id,
      broker_name: broker.name,
      is_online: broker.isOnline,
      last_seen: new Date(broker.lastSeen).toISOString(),
      status: statusOf(broker),
      connection_type: broker.connectionType,
      registered_at: new Date(broker.registeredAt).toISOString(),
      version: broker.version,
      hostname: broker.hostname,
    }));
  }

  /** Forgets the brokers that have been away for long: their ids are free. */
  forget(): void {
    const before = this.options.clock.now() - FORGET_AFTER_MS;
    for (const broker of this.#brokers.values()) {
      const { id, lastSeen, connections } = broker;
      if (connections.size > 0 || lastSeen > before || this.options.isElsewhere(broker)) continue;
      this.#brokers.delete(id);
      this.options.history.forget(id);
      this.options.writer.remove(id);
    }
  }

  /** Ends every connection, and the clock of silence. */
  close(reason: ParleyError): void {
    this.#silence[Symbol.dispose]();
    for (const broker of this.#brokers.values()) giveUpConnections(broker, reason);
  }

  #heard(broker: Broker, reason: string): void {
    this.#noteWord(broker);
    this.#show(broker, broker.connections.size > 0, reason);
  }

  #broken(id: string): void {
    const broker = this.#brokers.get(id);
    if (!broker?.isOnline) return;
    // The stream that broke spoke for itself until now; from here on the socket's words count.
    this.#noteWord(broker);
    this.#show(broker, broker.connections.size > 0, "disconnected");
  }

  #noteWord(broker: Broker): void {
    broker.lastSeen = this.options.clock.now();
    broker.heardAtTicks = this.options.clock.ticks();
    broker.isSilent = false;
  }

  #show(broker: Broker, isOnline: boolean, reason: string): void {
    broker.isOnline = isOnline;
    this.options.history.note(subjectOf(broker), reason);
    this.options.writer.seen(broker.id, () => this.#row(broker));
    this.#silence.within(this.#msLeft(broker));
  }

  /** A stream needs no words: gRPC's keepalive finds a peer that is frozen. */
  #msLeft(broker: Broker): number {
    const { isOnline, connections, heardAtTicks } = broker;
    if (this.options.isElsewhere(broker)) return Infinity;
    if (!isOnline || connections.has("status") || connections.has("hub")) return Infinity;
    const silenceMs = Math.max(this.options.inactivityMs, UNANSWERED * SERVER_HEARTBEAT_MS + LATE_MS);
    return silenceMs - (this.options.clock.ticks() - heardAtTicks);
  }

  /** Shows those offline that have been silent for too long, and tells in how many milliseconds to look again. */
  #endSilence(): number {
    for (const broker of this.#brokers.values()) if (this.#msLeft(broker) <= 0) this.#timeOut(broker);
    return Math.min(Infinity, ...Array.from(this.#brokers.values(), (broker) => this.#msLeft(broker)));
  }

  #timeOut(broker: Broker): void {
    broker.isSilent = true;
    this.#show(broker, false, "timed out");
  }

  #save(id: string): Promise<void> {
    const broker = this.#brokers.get(id) as Broker;
    return this.options.writer.save(id, () => this.#row(broker));
  }

  #row(broker: Broker): PeerRow {
    return {
      ...NOT_AN_AGENT,
      id: broker.id,
      kind: "broker",
      name: broker.name,
      version: broker.version,
      hostname: broker.hostname,
      connection_type: broker.connectionType,
      session_key_hash: broker.keyHash,
      status: statusOf(broker),
      registered_at: new Date(broker.registeredAt).toISOString(),
      last_seen: new Date(broker.lastSeen).toISOString(),
      server_id: broker.serverId,
    };
  }
}

function statusOf({ isOnline }: Peer): "idle" | "offline" {
  return isOnline ? "idle" : "offline";
}

function subjectOf(broker: Peer): Subject {
  return { id: broker.id, kind: "broker", isOnline: broker.isOnline, status: statusOf(broker) };
}

function fromRow(row: PeerRow): Broker {
  return {
    id: row.id,
    serverId: row.server_id,
    name: row.name,
    keyHash: row.session_key_hash,
    isRegistered: true,
    isOnline: false,
    lastSeen: Date.parse(row.last_seen) || 0,
    heardAtTicks: 0,
    isSilent: false,
    epoch: 0,
    registeredAt: Date.parse(row.registered_at) || 0,
    connectionType: row.connection_type,
    connections: new Map(),
    replies: new Set(),
    version: row.version,
    hostname: row.hostname,
  };
}
