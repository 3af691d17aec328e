/** A message as a row: which columns its queries need, and what a change does to it. */
import { fieldOf } from "../../model/codec.ts";
import { type Message, timestamp } from "../../model/message.ts";
import { prefixOf } from "../../model/id.ts";
import type { Principal } from "../../model/principal.ts";
import type { MessageState, StoredMessage } from "../store.ts";
import type { MessageTable } from "./schema.ts";
import { foldForSearch } from "./text.ts";

/** A message row before it has its position, and before anything of it has changed. */
export type NewMessageRow = Omit<MessageTable, "position" | "routing_status" | "code" | "error_details">;

const CHANGING = ["receiver_id", "routing_status", "code", "error_details"] as const;

/** The columns that a read gives back. */
export const READ_COLUMNS = ["body", "state", "position", "accepted_at", ...CHANGING] as const;
export type ReadMessageRow = Pick<MessageTable, Exclude<typeof READ_COLUMNS[number], "position">> & {
  position: number;
};

export function toRow(
  principal: Principal,
  message: StoredMessage["message"],
  state: MessageState,
): NewMessageRow {
  return {
    tenant_id: principal.tenantId,
    message_id: message.message_id,
    conversation_id: message.conversation_id,
    principal_id: principal.id,
    sender_id: message.sender_id ?? null,
    receiver_id: message.receiver_id ?? null,
    message_type: message.message_type,
    state,
    seq: message._seq ?? 0,
    accepted_at: timestamp(),
    text_search: foldForSearch(textOf(message)),
    body: JSON.stringify(message),
  };
}

/** Gives the message as it stands: what has changed since counts, the reason for people in both fields that carry it. */
export function fromRow(row: ReadMessageRow): StoredMessage {
  const { body, state, position, accepted_at: acceptedAt } = row;
  const message = JSON.parse(body);
  for (const name of CHANGING) if (row[name] !== null) message[name] = row[name];
  if (row.error_details !== null) message.routing_status_message = row.error_details;
  return { message, state, position, acceptedAt };
}

/** Reads a message's text wherever it stands. */
export function textOf(message: Message): string {
  const text = fieldOf(message, "text_payload");
  return typeof text === "string" ? text : "";
}

/** Tells which person a new conversation belongs to: who acts, or else the frontend that the message is from or for. */
export function ownerOf(principal: Principal, message: Message): string | null {
  if (principal.kind === "person") return principal.id;
  const frontend = [message.sender_id, message.receiver_id].find((id) => id && prefixOf(id) === "web");
  return frontend ?? null;
}

/** Tells which agent spoke with this message, or null: a reply's sender, or an agent that begins to talk. */
export function speakingAgent(message: Message): string | null {
  const { message_type: type, sender_id: sender } = message;
  if (!sender || (type !== "REPLY" && type !== "TEXT")) return null;
  const prefix = prefixOf(sender);
  return prefix === "agent" || (type === "REPLY" && prefix === undefined) ? sender : null;
}
