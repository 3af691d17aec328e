/** Where a message goes: the protocol's section "The broker" as one pure function. */
import { createHash } from "node:crypto";
import type { ErrorCode } from "../shared/error.ts";
import { type AgentInfo, ONLY_WHEN_NAMED } from "../shared/model/agent.ts";
import { fieldOf } from "../shared/model/codec.ts";
import { newId } from "../shared/model/id.ts";
import {
  dedupeKey,
  IF_OFFLINE,
  type IfOffline,
  isTaskType,
  MAX_HOPS,
  type Message,
  timestamp,
} from "../shared/model/message.ts";
import { readiest, type Strategy } from "./strategy.ts";

/** Knows the agents, those offline included. */
export interface Roster {
  /** Finds the agent called `agentId`, online or not. */
  find(agentId: string): AgentInfo | undefined;
  /** Lists the agents that are online. */
  readonly online: readonly AgentInfo[];
}

export interface RoutingOptions {
  /** Who signs the errors of this broker's own. */
  brokerId: string;
  /** Chooses when a message names nobody. */
  choose: Strategy;
  /** What to do with a message for an agent that is offline, where the message does not say. */
  ifOffline: IfOffline;
}

/**
 * What becomes of a message: it goes on to the server as it is (`pass`), changed, or as the ERROR that takes its
 * place (`send`), or it is given up to the dead letters (`reject`).
 */
export type Decision =
  | { kind: "pass" }
  | { kind: "send"; message: Message }
  | { kind: "reject"; code: ErrorCode; reason: string };

const PASS: Decision = { kind: "pass" };

/** Decides where `message` goes. Changes nothing but what it returns; every message ends where a person can see it. */
export function route(message: Message, roster: Roster, options: RoutingOptions): Decision {
  const type = message.message_type;
  if (type === "ERROR" || isTaskType(type)) return PASS;
  if (type !== "TEXT" && type !== "REPLY" && type !== "SYSTEM") return unsupported(type);
  return routeChat(message, roster, options);
}

function routeChat(message: Message, roster: Roster, options: RoutingOptions): Decision {
  const receiverId = textField(message, "receiver_id");
  const receiver = roster.find(receiverId);
  if (receiverId && !receiver) return PASS;
  if ((message.hops ?? 0) >= MAX_HOPS) return tooManyHops(message, options);
  if (receiver) {
    return receiver.is_online ? toAgent(message, receiver) : toAbsent(message, receiver, { roster, options });
  }
  if (isForServerToAddress(message)) return PASS;
  return toAnyone(message, roster, options);
}

/**
 * Tells whether only the server knows whom an answer without a receiver is for. A TEXT that a server has stamped was
 * looked up there already: it goes on from its sender's own message, so it would go back to its sender.
 */
function isForServerToAddress(message: Message): boolean {
  if (!textField(message, "in_reply_to_message_id")) return false;
  return message.message_type !== "TEXT" || !message._server_id;
}

function toAnyone(message: Message, roster: Roster, options: RoutingOptions): Decision {
  const others = roster.online.filter(({ agent_id }) => agent_id !== message.sender_id);
  if (others.length === 0) {
    return fail(message, options, { code: "no_agent_available", reason: NOBODY });
  }
  return toAgent(message, options.choose(readiest(willing(others)), message));
}

/** Leaves out those that answer only when they are named, as long as there is anybody else. */
function willing(agents: readonly AgentInfo[]): readonly AgentInfo[] {
  const found = agents.filter(({ capabilities }) => !capabilities.includes(ONLY_WHEN_NAMED));
  return found.length > 0 ? found : agents;
}

const NOBODY = "No agent is online that could take this message. Start one, or wait until one is back.";

function toAbsent(
  message: Message,
  receiver: AgentInfo,
  { roster, options }: { roster: Roster; options: RoutingOptions },
): Decision {
  switch (ifOfflineOf(message) ?? options.ifOffline) {
    case "wait":
      return { kind: "send", message: { ...addressed(message, receiver), if_offline: "wait" } };
    case "reroute":
      return toAnyone(message, roster, options);
    case "error":
      return fail(message, options, { code: "agent_offline", reason: offlineReason(receiver) });
  }
}

function offlineReason({ agent_name, agent_id }: AgentInfo): string {
  const name = agent_name && agent_name !== agent_id ? `${agent_name} (${agent_id})` : agent_id;
  return `The agent ${name} is offline. Choose another, or send again when it is back.`;
}

function tooManyHops(message: Message, options: RoutingOptions): Decision {
  const reason = `The message went through ${message.hops} agents without ending; ${MAX_HOPS} is the most.`;
  return fail(message, options, { code: "conflict", reason });
}

function toAgent(message: Message, agent: AgentInfo): Decision {
  return { kind: "send", message: addressed(message, agent) };
}

function addressed(message: Message, { agent_id }: AgentInfo): Message {
  return { ...message, receiver_id: agent_id, routing_status: "routed" };
}

/** Answers a message that can go nowhere with an ERROR to its sender; without a sender, the dead letters show it. */
function fail(
  message: Message,
  { brokerId }: RoutingOptions,
  { code, reason }: { code: ErrorCode; reason: string },
): Decision {
  const senderId = message.sender_id || message._client_id;
  if (!senderId) return { kind: "reject", code, reason };
  return {
    kind: "send",
    message: { ...errorTo(message, { code, reason }), sender_id: brokerId, receiver_id: senderId },
  };
}

function errorTo(message: Message, { code, reason }: { code: ErrorCode; reason: string }): Message {
  return {
    message_id: errorIdOf(message),
    message_type: "ERROR",
    in_reply_to_message_id: message.message_id ?? null,
    conversation_id: message.conversation_id ?? null,
    text_payload: message.text_payload ?? "",
    routing_status: "error",
    code,
    error_details: reason,
    routing_status_message: reason,
    send_timestamp: timestamp(),
    ...kept(message),
  };
}

/** What the server and whoever traces a message need to know of the one that failed. */
const KEPT = ["priority", "traceparent", "_client_id", "_server_id", "_connection_type", "_replay"] as const;

function kept(message: Message): Partial<Message> {
  const present = KEPT.filter((name) => message[name] !== undefined && message[name] !== null);
  return Object.fromEntries(present.map((name) => [name, message[name]]));
}

/** Derives the error's id from its message, so that a message delivered twice fails once for who reads it. */
function errorIdOf(message: Message): string {
  if (!message.message_id) return newId("msg");
  return `msg_${createHash("sha256").update(`error\n${dedupeKey(message)}`).digest("hex").slice(0, 20)}`;
}

function unsupported(type: string): Decision {
  const reason = `Messages of the type '${type}' do not go by a queue to the broker.`;
  return { kind: "reject", code: "unsupported_type", reason };
}

function ifOfflineOf(message: Message): IfOffline | undefined {
  return IF_OFFLINE.find((known) => known === fieldOf(message, "if_offline"));
}

/** Reads a text from the message or its `content`; empty when neither has it. */
function textField(message: Message, name: string): string {
  const value = fieldOf(message, name);
  return typeof value === "string" ? value : "";
}
