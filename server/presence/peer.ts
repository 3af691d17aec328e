/** What agents and brokers have in common on the roster: an id that is somebody's, a session key, connections. */
import { ParleyError } from "../../shared/error.ts";
import { type IdPrefix, isPeerId, newId } from "../../shared/model/id.ts";
import type { PeerRow } from "../../shared/store/store.ts";
import { hashPeerKey, isPeerKey, newPeerKey } from "../peer_key.ts";
import type { Clock } from "./clock.ts";
import { Connection, type ConnectionKind } from "./connection.ts";

export interface Peer {
  readonly id: string;
  /** The server that has it, or had it last. */
  serverId: string;
  name: string;
  keyHash: string;
  /** False once it has unregistered: its id is known, but it has to register before anything else. */
  isRegistered: boolean;
  isOnline: boolean;
  /** When it was last heard of, in milliseconds since 1970. */
  lastSeen: number;
  /** The same by the clock for durations. */
  heardAtTicks: number;
  /** True from when it timed out until it is heard of: what it holds open may be held by nobody. */
  isSilent: boolean;
  /** How often it has registered since this server started: what it opened before its last time is not news. */
  epoch: number;
  registeredAt: number;
  connectionType: "grpc" | "websocket";
  /** What shows it online and holds its id. */
  readonly connections: Map<ConnectionKind, Connection>;
  /** What it writes replies by: no presence, but over when the id is somebody else's. */
  readonly replies: Set<Connection>;
}

/** What is kept of agents alone, for a row of anybody else. */
export const NOT_AN_AGENT = {
  role: "",
  version: "",
  hostname: "",
  platform: "",
  capabilities: [],
  attributes: {},
  max_concurrent_tasks: 1,
  delivery: "queue",
  is_paused: false,
} satisfies Partial<PeerRow>;

/** Whose an id is. */
export interface Holder {
  kind: "agent" | "broker";
  peer: Peer;
  /** Whether another server has it, which is there: whether it is connected there its presence tells. */
  isElsewhere: boolean;
}

export interface Claim {
  kind: "agent" | "broker";
  /** What the peer wants to be called; one is made when it is absent or empty. */
  id: string | undefined;
  sessionKey: string | undefined;
}

/**
 * Decides under which id and session key a peer registers. Throws `invalid_message` for an id that is not allowed,
 * `conflict` for one that is in use, unless its key is shown: whoever shows it keeps it. An agent never gets the id
 * of a broker that is known, nor a broker an agent's.
 */
export function claimId(
  claim: Claim,
  holderOf: (id: string) => Holder | undefined,
): { id: string; key: string } {
  const { kind, id, sessionKey } = claim;
  if (!id) return { id: newId(kind), key: newPeerKey() };
  requirePeerId(id, kind);
  const holder = holderOf(id);
  if (holder && holder.kind !== kind) throw ofOtherKind(claim, holder);
  const isHolder = holder !== undefined && isPeerKey(sessionKey, holder.peer.keyHash);
  if (holder && !isHolder && isConnected(holder)) throw inUse(kind, id);
  return { id, key: isHolder ? sessionKey as string : newPeerKey() };
}

function isConnected({ peer, isElsewhere }: Holder): boolean {
  return isElsewhere ? peer.isOnline : peer.connections.size > 0 && !peer.isSilent;
}

function inUse(kind: string, id: string): ParleyError {
  const way = `Choose another ${kind}_id, or show its session key.`;
  return new ParleyError("conflict", `The id ${id} is in use by a connected ${kind}. ${way}`);
}

function ofOtherKind({ kind, id }: Claim, holder: Holder): ParleyError {
  return new ParleyError(
    "conflict",
    `The id ${id} is that of a known ${holder.kind}. Choose another ${kind}_id.`,
  );
}

/** Ids that stand for somebody else in what people and peers are told. */
const RESERVED = new Set(["server"]);

function requirePeerId(id: string, kind: IdPrefix): void {
  if (isPeerId(id, kind) && !RESERVED.has(id.toLowerCase())) return;
  const allowed =
    "1 to 100 of A-Z a-z 0-9 _ . : -, without the prefix of another kind, and not 'server', '.' or '..'";
  throw new ParleyError("invalid_message", `Field '${kind}_id': allowed are ${allowed}.`);
}

/** Starts a peer that has just registered. */
export function newPeer(
  { id, serverId, key, name, clock, connectionType }: {
    id: string;
    serverId: string;
    key: string;
    name: string;
    clock: Pick<Clock, "now" | "ticks">;
    connectionType: Peer["connectionType"];
  },
): Peer {
  const now = clock.now();
  return {
    id,
    serverId,
    name,
    keyHash: hashPeerKey(key),
    isRegistered: true,
    isOnline: true,
    lastSeen: now,
    heardAtTicks: clock.ticks(),
    isSilent: false,
    epoch: 0,
    registeredAt: now,
    connectionType,
    connections: new Map(),
    replies: new Set(),
  };
}

/**
 * Tells whether a connection stands that was opened with the session key: then the key is needed for whatever is done
 * in the peer's name. Peers that know of no keys hold none so.
 */
export function isHeldByKey({ connections }: Peer): boolean {
  for (const connection of connections.values()) if (connection.isKeyed) return true;
  return false;
}

export interface Opening {
  kind: ConnectionKind;
  sessionKey: string | undefined;
  /** Called when the connection is over and no other took its place; not when it was given up. */
  onBroken: (broken: Broken) => void;
}

export interface Broken {
  connection: Connection;
  /** Whether the peer has registered anew since: that what stood before is found broken then says nothing of it. */
  isOld: boolean;
}

/**
 * Opens a connection of `peer`. One of the same kind that still stands is given up for it when the session key is
 * shown; otherwise throws `conflict`, as without the key for any kind while a connection stands that was opened
 * with it. Throws `unauthenticated` for a wrong key.
 */
export function openConnection(peer: Peer, { kind, sessionKey, onBroken }: Opening): Connection {
  const isHolder = isPeerKey(sessionKey, peer.keyHash);
  if (sessionKey && !isHolder) throw wrongKey(peer.id);
  const standing = peer.connections.get(kind);
  if (standing && !isHolder) {
    throw new ParleyError("conflict", `${peer.id} already has an open connection of the kind '${kind}'.`);
  }
  if (!isHolder && isHeldByKey(peer)) {
    throw new ParleyError("conflict", `${peer.id} is connected with its session key: show it, too.`);
  }
  const { epoch } = peer;
  const remove = (connection: Connection) => {
    if (peer.connections.get(kind) === connection) peer.connections.delete(kind);
    onBroken({ connection, isOld: peer.epoch !== epoch });
  };
  const connection = new Connection({ kind, isKeyed: isHolder, onBroken: remove });
  peer.connections.set(kind, connection);
  standing?.giveUp(new ParleyError("conflict", `A newer connection of ${peer.id} took this one's place.`));
  return connection;
}

/** Opens what `peer` writes replies by. It ends with the key it was opened with. Throws `unauthenticated` for a wrong key. */
export function openReplies(peer: Peer, sessionKey: string | undefined): Connection {
  if (!isPeerKey(sessionKey, peer.keyHash)) throw wrongKey(peer.id);
  const onBroken = (broken: Connection) => void peer.replies.delete(broken);
  const connection = new Connection({ kind: "replies", isKeyed: true, onBroken });
  peer.replies.add(connection);
  return connection;
}

/** Ends what `peer` writes replies by; whoever holds it is told the reason. */
export function giveUpReplies(peer: Peer, reason: ParleyError): void {
  const standing = [...peer.replies];
  peer.replies.clear();
  for (const connection of standing) connection.giveUp(reason);
}

/** Ends every connection of `peer`; whoever holds one is told the reason. */
export function giveUpConnections(peer: Peer, reason: ParleyError): void {
  const standing = [...peer.connections.values()];
  peer.connections.clear();
  for (const connection of standing) connection.giveUp(reason);
  giveUpReplies(peer, reason);
}

/** Says that `id` has to register (again) before it shows this key. */
export function wrongKey(id: string): ParleyError {
  return new ParleyError("unauthenticated", `The session key shown for ${id} is not valid. Register again.`);
}
