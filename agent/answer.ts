/** The two messages that end a request: the `REPLY`, and the `ERROR` that keeps what was written. */
import { createHash } from "node:crypto";
import { ParleyError } from "../shared/error.ts";
import type { Envelope } from "../shared/bus/bus.ts";
import { encodeMessage } from "../shared/model/codec.ts";
import { MAX_HOPS, type Message, timestamp } from "../shared/model/message.ts";
import type { Request } from "./context.ts";

/** Who answers, and the id that the answer has from its first piece on. */
export interface Author {
  agentId: string;
  replyId: string;
}

/** How the reply's id begins: as the request's, so that the two stand together in an index. */
const BEGINNING = /^(msg_[0-9a-z]{9})?/;

/** Derives the id of the reply that `agentId` gives to `requestId`, so that a request delivered twice is answered once. */
export function replyIdOf(requestId: string, agentId: string): string {
  const [, beginning = "msg_"] = BEGINNING.exec(requestId)!;
  return beginning + createHash("sha256").update(`${agentId}\n${requestId}`).digest("hex").slice(0, 20);
}

/** Makes the `REPLY` to `request`, for its sender and in its conversation. */
export function replyTo(request: Request, author: Author, text: string): Message {
  return { ...answerTo(request, author), message_type: "REPLY", text_payload: text };
}

/** Makes the `ERROR` that tells the sender of `request` why there is no whole reply; `written` is what there is of it. */
export function errorTo(
  request: Request,
  author: Author,
  failure: { error: ParleyError; written: string },
): Message {
  const { error, written } = failure;
  return {
    ...answerTo(request, author),
    message_type: "ERROR",
    text_payload: written,
    routing_status: "error",
    code: error.code,
    error_details: error.message,
    routing_status_message: error.message,
  };
}

function answerTo(request: Request, { agentId, replyId }: Author): Omit<Message, "message_type"> {
  return {
    message_id: replyId,
    sender_id: agentId,
    receiver_id: request.sender_id,
    conversation_id: request.conversation_id,
    in_reply_to_message_id: request.message_id,
    send_timestamp: timestamp(),
    routing_status: "pending",
    hops: (request.hops ?? 0) + 1,
    ...given("priority", request.priority),
    ...given("traceparent", request.traceparent),
    ...given("_client_id", request._client_id),
    ...given("_replay", request._replay),
  };
}

function given(name: string, value: unknown): Record<string, unknown> {
  return value === undefined || value === null ? {} : { [name]: value };
}

/** Tells whether `request` went through so many agents that none may answer it any more (protocol, `hops`). */
export function wentTooFar(request: Message): boolean {
  return (request.hops ?? 0) >= MAX_HOPS;
}

/** Turns what a handler threw into what its sender is told; the cause stays in the log. */
export function failureOf(thrown: unknown, agentName: string): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  const sentence =
    `${agentName} failed while answering. Asking again may help; the agent's log has the details.`;
  return new ParleyError("internal", sentence, { cause: thrown });
}

/** Puts `message` into the envelope that the bus carries. */
export function envelopeOf(message: Message): Envelope {
  const { priority, traceparent, conversation_id: conversationId } = message;
  return {
    id: message.message_id ?? "",
    body: encodeMessage(message),
    headers: traceparent ? { traceparent } : {},
    ...(isPriority(priority) ? { priority } : {}),
    ...(conversationId ? { key: conversationId } : {}),
  };
}

function isPriority(value: unknown): value is NonNullable<Envelope["priority"]> {
  return typeof value === "number" && [1, 2, 3, 4, 5].includes(value);
}
