/** A message as the bus carries it. */
import type { Envelope } from "../../shared/bus/bus.ts";
import { encodeMessage } from "../../shared/model/codec.ts";
import type { Message } from "../../shared/model/message.ts";

/** Puts a message into an envelope; `body` is its JSON text where that exists already. */
export function envelopeOf(message: Message, body: string | Uint8Array = encodeMessage(message)): Envelope {
  const { message_id, conversation_id, priority, traceparent } = message;
  return {
    id: message_id ?? crypto.randomUUID(),
    body,
    headers: traceparent ? { traceparent } : {},
    ...(priority ? { priority: priority as 1 | 2 | 3 | 4 | 5 } : {}),
    ...(conversation_id ? { key: conversation_id } : {}),
  };
}
