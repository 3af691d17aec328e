/** The message: what every process passes on, in the fields that `protocol.md` fixes ("Messages"). */
import * as z from "zod";
import { ERROR_CODES } from "../error.ts";

export const CHAT_TYPES = ["TEXT", "REPLY", "REPLY_CHUNK", "SYSTEM", "ERROR"] as const;
export const CONTROL_TYPES = [
  "PAUSE_AGENT",
  "RESUME_AGENT",
  "DEREGISTER_AGENT",
  "REREGISTER_AGENT",
  "PAUSE_ALL_AGENTS",
  "RESUME_ALL_AGENTS",
  "DEREGISTER_ALL_AGENTS",
  "REREGISTER_ALL_AGENTS",
  "RESET_ALL_QUEUES",
  "STOP_REPLY",
] as const;
export const TASK_TYPES = [
  "TASK_REQUEST",
  "TASK_ASSIGNMENT",
  "TASK_RESPONSE",
  "TASK_UPDATE",
  "SUBSCRIBE_TASKS",
  "STATUS_UPDATE",
  "HEARTBEAT",
  "ERROR_REPORT",
  "COORDINATION",
  "COMPLETION",
  "BROADCAST",
] as const;

export type ChatType = typeof CHAT_TYPES[number];
export type TaskType = typeof TASK_TYPES[number];

export const ROUTING_STATUSES = ["pending", "routed", "delivered", "error"] as const;
export type RoutingStatus = typeof ROUTING_STATUSES[number];

/** What to do when the receiver is offline: tell the sender, keep it for later, or choose another agent. */
export const IF_OFFLINE = ["error", "wait", "reroute"] as const;
export type IfOffline = typeof IF_OFFLINE[number];

/** How often a message may go through agents before it is given up (protocol, `hops`). */
export const MAX_HOPS = 16;

/** Files that a message may bring. */
const MOST_ATTACHMENTS = 100;

const optionalText = z.string().nullish();
/** Describes what `attachment.ts` makes and takes apart. */
const attachment = z.looseObject({ name: z.string().min(1).max(200), length: z.int().min(0) });

/**
 * Describes a message as it travels. Unknown fields are kept and passed on; `message_type` is upper-cased, and
 * may be a type we do not know: what to do with it is its reader's decision.
 */
export const messageSchema = z.looseObject({
  message_id: optionalText,
  message_type: z.string().min(1).transform((type) => type.toUpperCase()),
  sender_id: optionalText,
  receiver_id: optionalText,
  conversation_id: optionalText,
  text_payload: optionalText,
  attachments: z.array(attachment).max(MOST_ATTACHMENTS).nullish().catch(undefined),
  content: z.record(z.string(), z.unknown()).nullish(),
  in_reply_to_message_id: optionalText,
  replaces_message_id: optionalText,
  send_timestamp: optionalText,
  routing_status: z.enum(ROUTING_STATUSES).nullish().catch(undefined),
  error_details: optionalText,
  routing_status_message: optionalText,
  code: z.enum(ERROR_CODES).nullish().catch(undefined),
  if_offline: z.enum(IF_OFFLINE).nullish(),
  priority: z.int().min(1).max(5).nullish(),
  attempt: z.int().min(0).nullish(),
  hops: z.int().min(0).nullish(),
  sequence: z.int().min(0).nullish(),
  seq: z.int().min(0).nullish(),
  _client_id: optionalText,
  _server_id: optionalText,
  _connection_type: optionalText,
  _seq: z.int().nullish(),
  _last_agent_id: optionalText,
  _replay: z.union([z.string(), z.number()]).nullish(),
  _origin_queue: optionalText,
  traceparent: optionalText,
});

/** A message as it travels, with any further fields a peer added. */
export type Message = z.infer<typeof messageSchema>;

/** Tells whether `type` belongs to a chat. */
export function isChatType(type: string): type is ChatType {
  return (CHAT_TYPES as readonly string[]).includes(type);
}

/** Tells whether `type` is one of the task types, which a broker passes straight to the server. */
export function isTaskType(type: string): type is TaskType {
  return (TASK_TYPES as readonly string[]).includes(type);
}

/** Names what a reader has finished, so that the same delivery is not worked on twice (protocol, "Deduplication"). */
export function dedupeKey(message: Message): string {
  return `${message.message_id ?? ""}|${message.message_type}|${message._replay ?? ""}`;
}

/** The time that was written last: under load many things happen in one millisecond. */
let written = { atMs: 0, text: "1970-01-01T00:00:00.000Z" };

/** Gives the time as the protocol writes it: ISO 8601, UTC, milliseconds. */
export function timestamp(atMs: number = Date.now()): string {
  if (atMs !== written.atMs) written = { atMs, text: new Date(atMs).toISOString() };
  return written.text;
}
