/** The ERROR that tells a sender why its message failed, in the shape that brokers use as well. */
import { createHash } from "node:crypto";
import type { ErrorCode } from "../../shared/error.ts";
import { dedupeKey, type Message, timestamp } from "../../shared/model/message.ts";

/** Makes the ERROR for the sender of `message`. Its id follows from the message's, so that failing twice tells once. */
export function errorAbout(
  message: Message,
  { code, reason }: { code: ErrorCode; reason: string },
): Message & { message_id: string } {
  const digest = createHash("sha256").update(`server error\n${dedupeKey(message)}`).digest("hex");
  return {
    message_id: `msg_${digest.slice(0, 20)}`,
    message_type: "ERROR",
    sender_id: "server",
    receiver_id: message.sender_id ?? null,
    conversation_id: message.conversation_id ?? null,
    in_reply_to_message_id: message.message_id ?? null,
    text_payload: message.text_payload ?? "",
    routing_status: "error",
    code,
    error_details: reason,
    routing_status_message: reason,
    send_timestamp: timestamp(),
  };
}
