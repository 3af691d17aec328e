/** The tables as Kysely sees them; `migrations/` makes them. Times are ISO 8601 texts, which sort as they should. */
import type { Generated } from "kysely";
import type { CommandStatus } from "../../model/command.ts";
import type { TaskStatus } from "../../model/task.ts";
import type { MessageState } from "../store.ts";

export interface ConversationTable {
  tenant_id: string;
  conversation_id: string;
  /** The person it belongs to; null while no person has taken part. */
  owner_id: string | null;
  title: string;
  /** The title as searches compare it. */
  title_search: string;
  created_at: string;
  updated_at: string;
  message_count: number;
  /** Position of the newest message: orders lists. */
  last_position: number;
  highest_seq: number;
  last_agent_id: string | null;
}

export interface MessageTable {
  position: Generated<number>;
  tenant_id: string;
  message_id: string;
  conversation_id: string;
  /** Who had it added. */
  principal_id: string;
  sender_id: string | null;
  receiver_id: string | null;
  message_type: string;
  state: MessageState;
  seq: number;
  accepted_at: string;
  /** The text as searches compare it. */
  text_search: string;
  /** The whole message as JSON, as it was added; what stands in the columns below is newer. */
  body: string;
  routing_status: string | null;
  code: string | null;
  error_details: string | null;
}

/** The states in which messages are looked for, as the condition of their index: a query must say it in these words. */
export const ON_THE_WAY = "state in ('accepted', 'published', 'waiting')";

export interface SessionTable {
  tenant_id: string;
  frontend_id: string;
  principal_id: string;
  frontend_name: string;
  token_hash: string;
  created_at: string;
  last_seen: string;
  reserved_seq: number;
  server_id: string | null;
}

export interface FrameTable {
  position: Generated<number>;
  tenant_id: string;
  frontend_id: string;
  principal_id: string;
  seq: number;
  at: string;
  body: string;
}

export interface PeerTable {
  tenant_id: string;
  id: string;
  principal_id: string;
  last_seen: string;
  status: string;
  /** The whole row of the port as JSON; `last_seen` and `status` beside it are newer. */
  body: string;
}

export interface DeadLetterTable {
  position: Generated<number>;
  tenant_id: string;
  id: string;
  principal_id: string;
  queue: string;
  code: string;
  reason: string;
  at: string;
  body: string;
  /** What searches compare; null in what an earlier version has kept. */
  text_search: string | null;
}

export interface PresenceChangeTable {
  position: Generated<number>;
  tenant_id: string;
  principal_id: string;
  /** The agent's or broker's. */
  peer_id: string;
  kind: string;
  at: string;
  status: string;
  /** 1 or 0: not every database has truth values. */
  is_online: number;
  reason: string;
}

export interface CommandTable {
  position: Generated<number>;
  tenant_id: string;
  command_id: string;
  principal_id: string;
  agent_id: string;
  requested_by: string;
  status: CommandStatus;
  created_at: string;
  /** The whole record as JSON, which also holds what not every database can keep in a text. */
  body: string;
}

export interface TaskTable {
  position: Generated<number>;
  tenant_id: string;
  task_id: string;
  principal_id: string;
  requested_by: string;
  idempotency_key: string | null;
  parent_task_id: string | null;
  task_type: string;
  status: TaskStatus;
  /** 1 until it has ended, then 0. */
  is_open: number;
  /** 1 where it has ended and was not completed, else 0. */
  is_unwell: number;
  agent_id: string | null;
  server_id: string | null;
  answer_to: string | null;
  version: number;
  created_at: string;
  text_search: string;
  /** What was asked for, as JSON: it never changes. */
  asked: string;
  /** What has become of it, as JSON. */
  state: string;
}

export interface ErrandTable {
  position: Generated<number>;
  tenant_id: string;
  principal_id: string;
  /** Who is to act on it. */
  server_id: string;
  body: string;
}

/**
 * The conditions of the indexes of tasks: a query must say them in these words. A list of statuses there would double
 * what each write costs SQLite.
 */
export const TASK_NOT_ENDED = "is_open = 1";
/** Completed tasks are so many that some are soon found without an index. */
export const TASK_NOT_WELL = "is_unwell = 1";
export const TASK_TO_ANSWER = "answer_to is not null";

/** The statuses in which commands are looked for, as the condition of their index: a query must say it in these words. */
export const NOT_ENDED = "status in ('waiting', 'awaiting_approval', 'running')";

export interface Tables {
  conversations: ConversationTable;
  messages: MessageTable;
  sessions: SessionTable;
  frames: FrameTable;
  peers: PeerTable;
  dead_letters: DeadLetterTable;
  presence_changes: PresenceChangeTable;
  commands: CommandTable;
  tasks: TaskTable;
  errands: ErrandTable;
}
