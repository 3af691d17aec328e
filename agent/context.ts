/** What a message handler is given: the message, the conversation so far, and the ways to answer. */
import type { ConversationMessage } from "../shared/grpc/gen/conversation.ts";
import type { Message } from "../shared/model/message.ts";

export type { ConversationMessage };

/** A message with the fields that every request has by the time a handler sees it. */
export type Request = Message & { message_id: string; message_type: string };

/** One request and its answer. Made by the library; valid until the handler ends. */
export interface MessageContext {
  /** The request as it came, unknown fields included. */
  readonly message: Request;
  /** The request's text; empty when it has none. */
  readonly text: string;
  /** Who answers: the id under which this agent's messages stand in the conversation, and its name. */
  readonly agent: { readonly id: string; readonly name: string };
  /** How often this request was delivered, from 1. */
  readonly attempt: number;
  /** Aborts when the person stops the reply, or when the agent ends and its grace (10 s) is over. */
  readonly signal: AbortSignal;

  /**
   * Lists the messages of this conversation before this one, oldest first, at most the newest `limit` (1–500,
   * default 100), without what was replaced, such as a question that was edited since, and what answered that. Empty when
   * the server refuses them. Those with `sender_id` equal to `agent.id` are ours. Waits for
   * a server that is away for a moment, then throws `unavailable`; left uncaught, the sender is told.
   */
  conversation(limit?: number): Promise<ConversationMessage[]>;

  /** Shows `piece` to the person at once, after the pieces written before. Never blocks, never throws. */
  write(piece: string): void;

  /**
   * Sends the one durable reply: `text`, or the pieces written so far joined. Resolves once the bus has stored it.
   * Calling it again does nothing. Throws what the bus throws when the reply can never be accepted.
   */
  reply(text?: string): Promise<void>;
}

/**
 * Answers one request. A returned string is the reply. Nothing returned, no `reply()` called: the pieces written
 * are the reply, joined; with no pieces either, there is none. A throw becomes an `ERROR` that keeps what was
 * written; throw a `ParleyError` to choose its code and its sentence.
 */
export type MessageHandler = (context: MessageContext) => Promise<string | void> | string | void;

/** Hears one `REPLY` or `ERROR`; it is acknowledged when this ends. */
export type ReplyHandler = (message: Message) => Promise<void> | void;
