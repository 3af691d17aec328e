/** The part of the store that keeps tasks. Several servers may write at once: each change says what it is a change of. */
import type { DeadLetter } from "../model/dead_letter.ts";
import type { Principal } from "../model/principal.ts";
import { isTaskEnded, type TaskRecord, type TaskStatus } from "../model/task.ts";
import type { Page, PageOptions } from "./store.ts";

/** A task, and what the servers know of it beside. */
export interface KeptTask {
  task: TaskRecord;
  /** Rises by one with every change, from 1. */
  version: number;
  /** The server that has its agent; null while nobody has it. */
  serverId: string | null;
  /** The agent that is still to be told in its queue what came of it, and with a blank between them what it asked with. */
  answerTo: string | null;
}

/** A task as it is to be, in place of the `version` that it was before. */
export interface TaskChange extends KeptTask {
  /** A dead letter to add with it; null: the one with the task's id goes. */
  letter?: DeadLetter | null | undefined;
}

/** Tells whether a change has to outlast a loss of power: what has ended would go on, and what begins anew would not. */
export function mustLast({ task, letter }: TaskChange): boolean {
  return letter !== undefined || isTaskEnded(task.status);
}

/** Which tasks are listed; what is absent is not asked for. */
export interface TaskFilter {
  statuses?: readonly TaskStatus[] | undefined;
  agentId?: string | undefined;
  taskType?: string | undefined;
  parentId?: string | undefined;
  requestedBy?: string | undefined;
  /** At most 200 characters, taken literally, whatever the case, in the type, the description or the id. */
  query?: string | undefined;
}

/** Where a task stands, as far as a server needs to know of another's. */
export interface TaskState {
  taskId: string;
  version: number;
  status: TaskStatus;
  serverId: string | null;
}

/** A subtask, and what it is a part of. */
export interface Subtask {
  taskId: string;
  parentId: string;
}

/**
 * Keeps tasks, what was tried and what came of it. Only what the principal may see is found: everything in the tenant
 * for the server, its own for a person, what it asked for or has for an agent.
 */
export interface TaskStore {
  /**
   * Adds tasks, which survive a loss of power once this resolves. Gives for each undefined, or the one there is already
   * with its id, or with its requester's `idempotency_key`; that one is left as it is.
   */
  add(principal: Principal, tasks: readonly KeptTask[]): Promise<(KeptTask | undefined)[]>;
  /**
   * Changes tasks, all in one commit, but those of which the version is another by now; gives whether each was changed.
   * Survives the end of the process once this resolves, and a loss of power where one of them `mustLast`.
   */
  change(principal: Principal, changes: readonly TaskChange[]): Promise<boolean[]>;
  /**
   * Notes that tasks which have ended are answered, as one change of each, as `change` does. May be lost with the
   * machine's power: then they are answered again.
   */
  answered(principal: Principal, tasks: readonly Pick<TaskState, "taskId" | "version">[]): Promise<boolean[]>;
  /** Finds tasks by their ids, in any order, without those that are unknown; at most 1,000. */
  find(principal: Principal, taskIds: readonly string[]): Promise<KeptTask[]>;
  /**
   * Lists tasks, newest first, at most 100 a page and about 4 MiB: where tasks are long, a page has fewer than were asked
   * for, and yet others follow. Cursors and throws as in `ConversationStore.messages`.
   */
  list(principal: Principal, page: PageOptions & TaskFilter): Promise<Page<TaskRecord>>;
  /** Lists the ids alone of what `list` would, at most 1,000 a page. */
  ids(principal: Principal, page: PageOptions & TaskFilter): Promise<Page<string>>;
  /**
   * Lists the tenant's tasks that have not ended, oldest first, at most 100; `after`: those after that position, to go
   * on where a page ended. Another server's may be seen only after one with a higher position: begin at 0 each time.
   */
  open(principal: Principal, after: number): Promise<(KeptTask & { position: number })[]>;
  /** Tells where the tenant's tasks stand that have not ended, oldest first, at most 10,000; `after` as in `open`. */
  states(principal: Principal, after: number): Promise<(TaskState & { position: number })[]>;
  /** Lists the tenant's tasks that have ended and are still to be answered, at most 100; `after` as in `open`. */
  unanswered(principal: Principal, after: number): Promise<(KeptTask & { position: number })[]>;
  /** Lists the tenant's subtasks that have not ended though their parent failed, timed out or was cancelled; `after` as in `open`. */
  outliving(principal: Principal, after: number): Promise<(Subtask & { position: number })[]>;
  /** Tells how many tasks the tenant has in each status that it has any in. */
  count(principal: Principal): Promise<Partial<Record<TaskStatus, number>>>;
  /** Drops ended tasks that were created before a time and are answered. */
  prune(principal: Principal, before: string): Promise<void>;
}
