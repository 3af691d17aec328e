/** What becomes of a message that a broker has decided on: one pure function. */
import type { ErrorCode } from "../../shared/error.ts";
import { isChatType, isTaskType, MAX_HOPS, type Message } from "../../shared/model/message.ts";

/** What the server knows of a message's receiver. */
export type Receiver =
  | { kind: "agent"; isOnline: boolean; isPaused: boolean; isBehindOthers: boolean }
  | { kind: "frontend" }
  | { kind: "unknown" };

export type Action =
  | { kind: "to_agent" | "to_frontend" | "wait" | "reroute" | "chunk" }
  | { kind: "error" | "reject"; code: ErrorCode; reason: string };

/**
 * Task types that are for the server alone, or its own; the others are messages between agents like any other where they
 * are about no task of the server's.
 */
const SERVERS = new Set(["TASK_REQUEST", "TASK_ASSIGNMENT", "TASK_UPDATE", "SUBSCRIBE_TASKS"]);

/** Decides what becomes of `message`, given what is known of its receiver. */
export function decide(message: Message, receiver: Receiver): Action {
  const type = message.message_type;
  if (type === "REPLY_CHUNK") return { kind: "chunk" };
  if (SERVERS.has(type) || !(isChatType(type) || isTaskType(type))) return unsupported(type);
  switch (receiver.kind) {
    case "frontend":
      return { kind: "to_frontend" };
    case "agent":
      return toAgent(message, receiver);
    case "unknown":
      return fail(message, "not_found", notFoundReason(message));
  }
}

function toAgent(message: Message, agent: Receiver & { kind: "agent" }): Action {
  if ((message.hops ?? 0) >= MAX_HOPS) {
    const reason = `The message went through ${message.hops} agents without ending; ${MAX_HOPS} is the most.`;
    return fail(message, "conflict", reason);
  }
  if (agent.isPaused || (agent.isOnline && agent.isBehindOthers)) return { kind: "wait" };
  return agent.isOnline ? { kind: "to_agent" } : toAbsent(message);
}

/** The broker saw the agent online, or was told to wait; since then it has gone. */
function toAbsent(message: Message): Action {
  if (message.if_offline === "reroute") return { kind: "reroute" };
  if (message.if_offline !== "error") return { kind: "wait" };
  const reason =
    `The agent ${message.receiver_id} went offline. Choose another, or send again when it is back.`;
  return fail(message, "agent_offline", reason);
}

/** An error about an error helps nobody: then the dead letters show it. */
function fail(message: Message, code: ErrorCode, reason: string): Action {
  return { kind: message.message_type === "ERROR" ? "reject" : "error", code, reason };
}

function notFoundReason({ receiver_id }: Message): string {
  return receiver_id
    ? `There is no '${receiver_id}' here. Check the name, or leave the receiver out to have one chosen.`
    : "The message names no receiver, and answers nothing whose sender is known.";
}

function unsupported(type: string): Action {
  return {
    kind: "reject",
    code: "unsupported_type",
    reason: `The server does not take messages of the type '${type}' from a queue.`,
  };
}
