/** Who counts as there, where no server holds a connection to each agent: decided by when it was last heard of. */
import type { PeerRow } from "../../shared/store/store.ts";
import { timestamp } from "../../shared/model/message.ts";
import type { AgentInfo, Registration, SignOfLife } from "./backend.ts";

/** An agent that has missed two heartbeats is offline (protocol, "Presence"). */
export const MISSED_HEARTBEATS = 2;

/** Apart from a server's own roster and tasks, should they share a database. */
export const COORDINATION_TENANT = "coordination";

/** Where the number of tasks stands in what is kept of an agent. */
const CURRENT_TASKS = "current_tasks";

/** Gives what is known of an agent at `nowMs`, when it is offline once silent for `offlineAfterMs`. */
export function infoOf(peer: PeerRow, nowMs: number, offlineAfterMs: number): AgentInfo {
  const currentTasks = Number(peer.attributes[CURRENT_TASKS] ?? 0);
  const isOnline = peer.status !== "offline" && nowMs - Date.parse(peer.last_seen) < offlineAfterMs;
  return {
    agentId: peer.id,
    agentName: peer.name,
    agentRole: peer.role,
    capabilities: peer.capabilities,
    status: isOnline ? peer.status : "offline",
    isOnline,
    currentTasks,
    maxConcurrentTasks: peer.max_concurrent_tasks,
    load: currentTasks / Math.max(1, peer.max_concurrent_tasks),
    lastSeen: peer.last_seen,
  };
}

/** Writes what is kept of an agent that has just registered. */
export function peerOf(agent: Registration, nowMs: number): PeerRow {
  const now = timestamp(nowMs);
  return {
    id: agent.agentId,
    kind: "agent",
    name: agent.agentName ?? agent.agentId,
    role: agent.agentRole,
    version: "",
    hostname: "",
    platform: "",
    capabilities: [...new Set(agent.capabilities)],
    attributes: { [CURRENT_TASKS]: "0" },
    max_concurrent_tasks: agent.maxConcurrentTasks ?? 1,
    connection_type: "grpc",
    delivery: "queue",
    session_key_hash: "",
    status: "idle",
    is_paused: false,
    registered_at: now,
    last_seen: now,
    server_id: "",
  };
}

/** Gives what is kept of `peer` after a sign of life. One that was shown offline is back. */
export function afterSign(peer: PeerRow, sign: SignOfLife, nowMs: number): PeerRow {
  const { currentTasks, status = peer.status === "offline" ? "idle" : peer.status } = sign;
  const attributes = currentTasks === undefined
    ? peer.attributes
    : { ...peer.attributes, [CURRENT_TASKS]: String(currentTasks) };
  return { ...peer, status, attributes, last_seen: timestamp(nowMs) };
}
