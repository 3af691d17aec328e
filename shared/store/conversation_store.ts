/** The part of the store that keeps conversations and their messages. */
import type { ErrorCode } from "../error.ts";
import type { Message } from "../model/message.ts";
import type { Principal } from "../model/principal.ts";
import type { Page, PageOptions } from "./store.ts";

/**
 * Where a message is, as the server knows it: accepted but not yet known to be on the bus, on its way to a broker,
 * routed but not released, waiting for its receiver, handed to its receiver, or ended with an error.
 */
export type MessageState = "accepted" | "published" | "routed" | "waiting" | "delivered" | "error";

/**
 * A message as it is kept. `position` rises with acceptance within a tenant and orders every list. Where several servers
 * write, one may be seen only after one with a higher position: what is new since a position is not to be asked for.
 */
export interface StoredMessage {
  message: Message & { message_id: string; conversation_id: string };
  state: MessageState;
  position: number;
  acceptedAt: string;
}

/** What may change about a kept message. */
export interface MessageChange {
  state?: MessageState;
  /** Changes nothing unless the message is in this state. */
  onlyFrom?: MessageState;
  receiver_id?: string;
  routing_status?: "pending" | "routed" | "delivered" | "error";
  /** Null forgets why it failed, as does null below. */
  code?: ErrorCode | null;
  error_details?: string | null;
}

export interface Conversation {
  conversation_id: string;
  title: string;
  created_at: string;
  updated_at: string;
  message_count: number;
  /** The agent that spoke last, for sticky routing. */
  last_agent_id: string | null;
}

/**
 * Keeps conversations and their messages. Only what the principal may see is found: everything in the tenant for the
 * server, its own for a person, what it takes part in for an agent or broker. Ids are unique in a tenant. A read sees
 * every write that this process asked for before it.
 */
export interface ConversationStore {
  /**
   * Adds a message (and its conversation when new), which survives a loss of power once this resolves. Resolves to
   * false, changing nothing, when its id is known. A new conversation belongs to the person who acts, or else to the
   * frontend that the message is from or for; its title is made of the first `TEXT`. Throws `not_found` when others
   * talk there: into a known conversation only the server, its owner and who takes part may write.
   */
  add(principal: Principal, message: StoredMessage["message"], state: MessageState): Promise<boolean>;
  /**
   * Changes a message; an unknown id changes nothing. Changes of one message apply in the order they were asked for.
   * Survives the end of the process once this resolves; a loss of power may bring back an earlier state, unless the
   * change is to `waiting`: nothing but the store knows of what waits.
   */
  change(principal: Principal, messageId: string, change: MessageChange): Promise<void>;
  get(principal: Principal, messageId: string): Promise<StoredMessage | undefined>;
  /**
   * Tells whether an id is known in the tenant. Unlike other reads it waits for no write: what is still being written
   * is known, and may be refused yet.
   */
  has(principal: Principal, messageId: string): Promise<boolean>;
  /** Tells whether there is a conversation of that id in the tenant, whoever may see it. Waits for no write, as `has`. */
  hasConversation(principal: Principal, conversationId: string): Promise<boolean>;
  /**
   * Lists a conversation's messages, newest first. A cursor goes on where its page ended, whatever has been added
   * since. Throws `invalid_message` for another cursor or limit.
   */
  messages(principal: Principal, conversationId: string, page: PageOptions): Promise<Page<StoredMessage>>;
  /**
   * Lists the messages that a participant sent or received, in whichever conversation, newest first; at most 500 a page.
   * Cursors and throws as in `messages`.
   */
  messagesOf(
    principal: Principal,
    participantId: string,
    page: PageOptions,
  ): Promise<Page<StoredMessage>>;
  /** Lists messages in one state, oldest first, for one receiver or all; `before`: accepted before this time; `limit`: 1–10,000. */
  inState(
    principal: Principal,
    state: MessageState,
    filter: { receiverId?: string; before?: string; limit: number },
  ): Promise<StoredMessage[]>;
  /** Counts the messages in one state. */
  countInState(principal: Principal, state: MessageState): Promise<number>;
  /** Lists the receivers of all messages in one state. */
  receiversInState(principal: Principal, state: MessageState): Promise<string[]>;
  /** The highest `_seq` ever given in a conversation; 0 when none. */
  highestSeq(principal: Principal, conversationId: string): Promise<number>;
  /**
   * Lists conversations, the one with the newest message first; with `query` (at most 200 characters, taken literally,
   * whatever the case) those that have it in their title or in a message. Cursors and throws as in `messages`.
   */
  list(principal: Principal, page: PageOptions & { query?: string }): Promise<Page<Conversation>>;
  find(principal: Principal, conversationId: string): Promise<Conversation | undefined>;
  /** Tells whether `participantId` sent or received a message of the conversation. */
  takesPart(principal: Principal, conversationId: string, participantId: string): Promise<boolean>;
  /** Gives a new title, 1–200 characters on one line; false when no such conversation is the principal's own. */
  rename(principal: Principal, conversationId: string, title: string): Promise<boolean>;
  /** Removes a conversation and its messages; false when no such conversation is the principal's own. */
  remove(principal: Principal, conversationId: string): Promise<boolean>;
}
