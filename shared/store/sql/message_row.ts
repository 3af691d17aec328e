/** A message as a row: which columns its queries need, and what a change does to it. */
import { fieldOf } from "../../model/codec.ts";
import { type Message, timestamp } from "../../model/message.ts";
import { prefixOf } from "../../model/id.ts";
import type { Principal } from "../../model/principal.ts";
import type { MessageChange, MessageState, StoredMessage } from "../store.ts";
import type { MessageTable } from "./schema.ts";
import { foldForSearch } from "./text.ts";

/** A message row before it has its position. */
export type NewMessageRow = Omit<MessageTable, "position">;

/** The columns that a read gives back. */
export type ReadMessageRow = Pick<MessageTable, "body" | "state" | "accepted_at"> & { position: number };

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

export function fromRow(row: ReadMessageRow): StoredMessage {
  const { body, state, position, accepted_at: acceptedAt } = row;
  return { message: JSON.parse(body), state, position, acceptedAt };
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

/** Tells whether `change` touches the message itself, and not only its state. */
export function changesBody({ state: _, ...fields }: MessageChange): boolean {
  return Object.values(fields).some((value) => value !== undefined);
}

/** Writes `change` into a message's JSON text; the reason for people goes into both fields that carry it. */
export function changedBody(body: string, { state: _, ...fields }: MessageChange): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  const reason = fields.error_details === undefined ? {} : { routing_status_message: fields.error_details };
  return JSON.stringify({ ...JSON.parse(body), ...Object.fromEntries(given), ...reason });
}
