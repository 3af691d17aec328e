/** A message on its way to its reader, completed with what its way needs. */
import { encodeMessage, fieldOf } from "../../shared/model/codec.ts";
import { newId } from "../../shared/model/id.ts";
import type { Message } from "../../shared/model/message.ts";
import type { Origin, Origins } from "./origins.ts";

export type Body = string | Uint8Array;

/** A message with everything that its way needs, and its JSON text where nothing was added to it. */
export interface Letter {
  message: Message & { message_id: string; conversation_id: string };
  body: Body | undefined;
  /** What was known of it when it came: that it was accepted here. */
  origin: Origin | undefined;
}

/** Fills in what a message lacks: an id, its conversation, and the receiver of an answer. */
export async function toLetter(
  origins: Origins,
  given: Message,
  { body, origin }: Pick<Letter, "body" | "origin">,
): Promise<Letter> {
  const answeredId = textField(given, "in_reply_to_message_id");
  const receiver = textField(given, "receiver_id");
  const conversation = textField(given, "conversation_id");
  const needsAnswered = answeredId && !(receiver && conversation);
  const answered = needsAnswered ? await origins.load(answeredId) : undefined;
  const message = {
    ...given,
    message_id: given.message_id || newId("msg"),
    receiver_id: receiver || answered?.senderId,
    conversation_id: conversation || origin?.conversationId || answered?.conversationId || newId("conv"),
  };
  return { message, body: isSame(given, message) ? body : encodeMessage(message), origin };
}

function isSame(given: Message, complete: Message): boolean {
  return given.message_id === complete.message_id && given.receiver_id === complete.receiver_id &&
    given.conversation_id === complete.conversation_id;
}

function textField(message: Message, name: string): string {
  const value = fieldOf(message, name);
  return typeof value === "string" ? value : "";
}
