/** The store: what is remembered, behind small ports that every database implements alike. */
import type { ErrorCode } from "../error.ts";
import type { AgentStatus } from "../model/agent.ts";
import type { CommandRecord, CommandStatus } from "../model/command.ts";
import type { DeadLetter } from "../model/dead_letter.ts";
import type { Message } from "../model/message.ts";
import type { PresenceChange } from "../model/presence.ts";
import type { Principal } from "../model/principal.ts";
import type { TaskStore } from "./task_store.ts";

export type { KeptTask, Subtask, TaskChange, TaskFilter, TaskState, TaskStore } from "./task_store.ts";

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

export interface PageOptions {
  /** 1–100 (conversations) or 1–500 (messages). */
  limit: number;
  /** What an earlier page gave as `next_cursor`. */
  cursor?: string;
  /** Messages only: lists what lies below this position. */
  before?: number | undefined;
}

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
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

/** A frontend's session, which outlives its connections. */
export interface SessionRow {
  frontend_id: string;
  frontend_name: string;
  token_hash: string;
  created_at: string;
  last_seen: string;
  /** Frame numbers up to this one may have been used; a server that starts goes on after it. */
  reserved_seq: number;
  /** The server that numbers its frames, or did last. */
  server_id: string | null;
}

/** A frame kept for a frontend that comes back. */
export interface FrameRow {
  seq: number;
  body: string;
  at: string;
}

export interface SessionStore {
  /** Throws `conflict` when the tenant has a session of that id, or anybody one of that token. */
  create(principal: Principal, session: SessionRow): Promise<void>;
  /** Finds the session that a token opens, in whichever tenant it is. */
  byToken(tokenHash: string): Promise<(SessionRow & { tenant_id: string }) | undefined>;
  byId(principal: Principal, frontendId: string): Promise<SessionRow | undefined>;
  /**
   * Changes what is given; `reserved_seq` only rises, and survives a loss of power. `last_seq`: the number used last,
   * which gives back what was reserved beyond it; for whoever ends in good order. An unknown id changes nothing.
   */
  touch(
    principal: Principal,
    frontendId: string,
    change: { last_seen?: string; reserved_seq?: number; last_seq?: number },
  ): Promise<void>;
  /**
   * Gives a session to the server `to` to number its frames, if it is still `from`'s. Resolves to whether it was.
   * Survives a loss of power once it resolves.
   */
  give(
    principal: Principal,
    frontendId: string,
    servers: { from: string | null; to: string },
  ): Promise<boolean>;
  /**
   * Keeps frames, all or none; their numbers rise, from above those kept before, and their bodies are JSON without
   * line breaks. Survives the end of the process; a loss of power may take the last ones.
   */
  addFrames(principal: Principal, frontendId: string, frames: FrameRow[]): Promise<void>;
  /** Frames after `seq`, rising, at most `limit`. */
  framesAfter(principal: Principal, frontendId: string, seq: number, limit: number): Promise<FrameRow[]>;
  /**
   * Drops frames older than `before`, and those numbered `keep` or more below their session's newest, except that what
   * was added together may stay as long as its last frame; and sessions not seen since `before` that have none.
   */
  prune(principal: Principal, before: string, keep: number): Promise<void>;
}

/** What is kept of an agent or broker, so that the roster survives a restart. */
export interface PeerRow {
  id: string;
  /** `server`: the one row by which the next server knows until when the one before was there. */
  kind: "agent" | "broker" | "server";
  name: string;
  role: string;
  version: string;
  hostname: string;
  platform: string;
  capabilities: string[];
  attributes: Record<string, string>;
  max_concurrent_tasks: number;
  /** How it came in and reads its messages. */
  connection_type: "grpc" | "websocket";
  delivery: "queue" | "websocket";
  session_key_hash: string;
  status: AgentStatus;
  is_paused: boolean;
  /** Whether an operator keeps an agent off; false when absent. */
  is_taken_off?: boolean;
  /** Whether it has registered, and not unregistered since; true when absent. */
  is_registered?: boolean;
  /** Whether the server chose its id; false when absent. */
  has_given_id?: boolean;
  registered_at: string;
  last_seen: string;
  server_id: string;
}

export interface RosterStore {
  /** Keeps a peer, in place of what was kept under its id. */
  save(principal: Principal, peer: PeerRow): Promise<void>;
  /** Writes when peers were last seen; unknown ids are passed over. */
  seen(principal: Principal, peers: { id: string; last_seen: string; status: AgentStatus }[]): Promise<void>;
  /** Lists the tenant's servers: their own rows, of kind `server`. */
  servers(principal: Principal): Promise<PeerRow[]>;
  /** Lists the tenant's peers by id. */
  list(principal: Principal): Promise<PeerRow[]>;
  remove(principal: Principal, id: string): Promise<void>;
}

/** Which dead letters are asked for. */
export interface DeadLetterFilter {
  /** At most 200 characters in the body, the reason, the code or the id, taken literally, whatever the case. */
  query?: string | undefined;
  queue?: string | undefined;
}

export interface DeadLetterStore {
  /** Adds a dead letter; one with a known id replaces it. */
  add(principal: Principal, letter: DeadLetter): Promise<void>;
  /** Lists the tenant's dead letters, newest first, at most 500 a page. Cursors and throws as in `messages`. */
  list(principal: Principal, page: PageOptions & DeadLetterFilter): Promise<Page<DeadLetter>>;
  get(principal: Principal, id: string): Promise<DeadLetter | undefined>;
  remove(principal: Principal, id: string): Promise<boolean>;
}

export interface HistoryStore {
  /** Keeps changes, all or none, in the order given. Survives the end of the process once this resolves. */
  add(principal: Principal, changes: PresenceChange[]): Promise<void>;
  /** Lists a peer's changes, newest first, at most 500 a page, optionally from a time on and before another. Cursors and throws as in `messages`. */
  list(
    principal: Principal,
    id: string,
    page: PageOptions & { from?: string | undefined; to?: string | undefined },
  ): Promise<Page<PresenceChange>>;
  /** Finds the last change of a peer before a time. */
  lastBefore(principal: Principal, id: string, before: string): Promise<PresenceChange | undefined>;
  /** Drops the tenant's changes older than `before`, and of each peer all but the newest `keep`. */
  prune(principal: Principal, before: string, keep: number): Promise<void>;
}

/** What one server leaves for another to act on. `position` rises with each. */
export interface ErrandRow {
  position: number;
  body: string;
}

/** Keeps what one server has and another must act on. Only the tenant's own is found. */
export interface ErrandStore {
  /** Leaves something for a server. Survives a loss of power once it resolves. */
  add(principal: Principal, serverId: string, body: string): Promise<void>;
  /** Lists what is left for a server, oldest first, at most `limit`. */
  list(principal: Principal, serverId: string, limit: number): Promise<ErrandRow[]>;
  /** Removes what was acted on; a loss of power may bring it back. */
  remove(principal: Principal, positions: readonly number[]): Promise<void>;
  /** Takes over for `serverId` what is left for servers that are neither it nor among `others`. */
  takeOver(principal: Principal, serverId: string, others: readonly string[]): Promise<void>;
}

/** What may change about a command. */
export type CommandChange = Partial<
  Omit<CommandRecord, "command_id" | "agent_id" | "requested_by" | "created_at" | "type" | "content">
>;

/**
 * Keeps commands and their results. Only what the principal may see is found: everything in the tenant for the
 * server, its own for a person, what is for it for an agent.
 */
export interface CommandStore {
  /** Adds a command, which survives a loss of power once this resolves. Throws `conflict` when its id is known. */
  add(principal: Principal, command: CommandRecord): Promise<void>;
  /**
   * Changes a command and gives it as it is then; undefined, changing nothing, when it is unknown or in none of the
   * statuses `onlyFrom`. Survives the end of the process once this resolves, and a loss of power where it was sent, is to
   * be cancelled or has ended.
   */
  change(
    principal: Principal,
    commandId: string,
    change: CommandChange,
    onlyFrom?: readonly CommandStatus[],
  ): Promise<CommandRecord | undefined>;
  get(principal: Principal, commandId: string): Promise<CommandRecord | undefined>;
  /** Lists commands, newest first, at most 100 a page, of one agent or all. Cursors and throws as in `messages`. */
  list(
    principal: Principal,
    page: PageOptions & { agentId?: string | undefined },
  ): Promise<Page<CommandRecord>>;
  /** Lists commands that are in one of `statuses`, oldest first, of one agent or all; at most 1,000. */
  inStatus(
    principal: Principal,
    statuses: readonly CommandStatus[],
    agentId?: string,
  ): Promise<CommandRecord[]>;
  /** Drops ended commands that were created before a time. */
  prune(principal: Principal, before: string): Promise<void>;
}

/**
 * Everything that is remembered, over one database. A write resolves once it is committed; writes asked for together
 * share one commit, and a failing one takes no other with it. Throws `unavailable` when the database cannot be reached
 * or the store is disposed of; disposing finishes what was asked for.
 */
export interface Store extends AsyncDisposable {
  /** Whether several servers may use the database at the same time. */
  readonly isShared: boolean;
  readonly conversations: ConversationStore;
  readonly sessions: SessionStore;
  readonly roster: RosterStore;
  readonly deadLetters: DeadLetterStore;
  readonly history: HistoryStore;
  readonly commands: CommandStore;
  readonly tasks: TaskStore;
  readonly errands: ErrandStore;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
}
