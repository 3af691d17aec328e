/** The brokers on the roster: who they are, and which of them are connected. */
import { ParleyError } from "../shared/error.ts";
import type { PeerRow } from "../shared/store/store.ts";
import type { Clock } from "./presence/clock.ts";
import type { Connection } from "./presence/connection.ts";
import {
  claimId,
  giveUpConnections,
  type Holder,
  newPeer,
  openConnection,
  type Peer,
} from "./presence/peer.ts";
import { requireName } from "./presence/registration.ts";
import type { RosterWriter } from "./presence/roster_writer.ts";
import { FORGET_AFTER_MS } from "./presence/deadline.ts";

/** What a broker says when it registers. */
export interface BrokerRegistration {
  brokerId?: string;
  brokerName: string;
  connectionType: "grpc" | "websocket";
  sessionKey?: string;
}

/** What is told of a broker. */
export interface BrokerInfo {
  broker_id: string;
  broker_name: string;
  is_online: boolean;
  last_seen: string;
}

export interface BrokersOptions {
  clock: Clock;
  serverId: string;
  writer: RosterWriter;
  /** Tells whose an id is, an agent's or a broker's. */
  holderOf: (id: string) => Holder | undefined;
}

/** Knows every broker that registered within a day. A broker is online while a stream or socket of it is open. */
export class Brokers {
  readonly #brokers = new Map<string, Peer>();

  constructor(readonly options: BrokersOptions) {}

  /** Takes in what was kept. */
  load(row: PeerRow): void {
    this.#brokers.set(row.id, fromRow(row));
  }

  /** Registers a broker; promises and errors are those of `Roster.register`. */
  async register(
    given: BrokerRegistration,
  ): Promise<{ brokerId: string; brokerName: string; sessionKey: string }> {
    this.forget();
    const name = requireName("broker_name", given.brokerName);
    const claim = { kind: "broker" as const, id: given.brokerId, sessionKey: given.sessionKey };
    const { id, key } = claimId(claim, this.options.holderOf);
    const connections = this.#brokers.get(id)?.connections;
    const { connectionType } = given;
    const broker = newPeer({ id, key, name, now: this.options.clock.now(), connectionType });
    this.#brokers.set(id, { ...broker, connections: connections ?? broker.connections });
    await this.#save(id);
    return { brokerId: id, brokerName: name, sessionKey: key };
  }

  /** Opens a broker's connection. Throws `not_found`, `unauthenticated`, `conflict` as `Roster.open` does. */
  open(brokerId: string, kind: "status" | "hub" | "socket", sessionKey?: string): Connection {
    const broker = this.#brokers.get(brokerId);
    if (!broker) {
      throw new ParleyError("not_found", `No broker ${brokerId} is registered here. Register first.`);
    }
    const connection = openConnection(broker, { kind, sessionKey, onBroken: () => this.#heard(broker.id) });
    this.#heard(brokerId);
    return connection;
  }

  /** Finds a broker that registered. */
  find(brokerId: string): Peer | undefined {
    return this.#brokers.get(brokerId);
  }

  /** Lists the brokers that are known. */
  list(): BrokerInfo[] {
    return [...this.#brokers.values()].map(({ id, name, lastSeen, connections }) => ({
      broker_id: id,
      broker_name: name,
      is_online: connections.size > 0,
      last_seen: new Date(lastSeen).toISOString(),
    }));
  }

  /** Forgets the brokers that have been away for long: their ids are free. */
  forget(): void {
    const before = this.options.clock.now() - FORGET_AFTER_MS;
    for (const { id, lastSeen, connections } of this.#brokers.values()) {
      if (connections.size > 0 || lastSeen > before) continue;
      this.#brokers.delete(id);
      this.options.writer.remove(id);
    }
  }

  /** Ends every connection. */
  close(reason: ParleyError): void {
    for (const broker of this.#brokers.values()) giveUpConnections(broker, reason);
  }

  #heard(id: string): void {
    const broker = this.#brokers.get(id);
    if (!broker) return;
    broker.lastSeen = this.options.clock.now();
    this.options.writer.seen(id, () => this.#row(broker));
  }

  #save(id: string): Promise<void> {
    const broker = this.#brokers.get(id) as Peer;
    return this.options.writer.save(id, () => this.#row(broker));
  }

  #row(broker: Peer): PeerRow {
    return {
      id: broker.id,
      kind: "broker",
      name: broker.name,
      role: "",
      version: "",
      hostname: "",
      platform: "",
      capabilities: [],
      attributes: {},
      max_concurrent_tasks: 1,
      connection_type: broker.connectionType,
      delivery: "queue",
      session_key_hash: broker.keyHash,
      status: broker.connections.size > 0 ? "idle" : "offline",
      is_paused: false,
      registered_at: new Date(broker.registeredAt).toISOString(),
      last_seen: new Date(broker.lastSeen).toISOString(),
      server_id: this.options.serverId,
    };
  }
}

function fromRow(row: PeerRow): Peer {
  return {
    id: row.id,
    name: row.name,
    keyHash: row.session_key_hash,
    isRegistered: true,
    isOnline: false,
    lastSeen: Date.parse(row.last_seen) || 0,
    registeredAt: Date.parse(row.registered_at) || 0,
    connectionType: row.connection_type,
    connections: new Map(),
    replies: new Set(),
  };
}
