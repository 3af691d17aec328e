/** The store: what is remembered, behind small ports that every database implements alike. */
import type { AgentStatus } from "../model/agent.ts";
import type { CommandRecord, CommandStatus } from "../model/command.ts";
import type { DeadLetter } from "../model/dead_letter.ts";
import type { PresenceChange } from "../model/presence.ts";
import type { Principal } from "../model/principal.ts";
import type { ConversationStore } from "./conversation_store.ts";
import type { SessionStore } from "./session_store.ts";
import type { TaskStore } from "./task_store.ts";

export type {
  Conversation,
  ConversationStore,
  MessageChange,
  MessageState,
  StoredMessage,
} from "./conversation_store.ts";
export type { FrameRow, SessionRow, SessionStore } from "./session_store.ts";
export type { KeptTask, Subtask, TaskChange, TaskFilter, TaskState, TaskStore } from "./task_store.ts";

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
