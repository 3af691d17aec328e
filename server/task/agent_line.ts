/** How an agent is given tasks: on a stream of its own, or in its queue. */
import type { TaskRecord } from "../../shared/model/task.ts";
import type { TakenType } from "./workers.ts";

/** A task that an agent has, and as which attempt. */
export interface HeldTask {
  taskId: string;
  attempt: number;
}

/** The open stream of an agent. Nothing here waits. */
export interface TaskStream {
  readonly types: readonly TakenType[];
  give(task: TaskRecord): void;
  stop(held: HeldTask): void;
}

/** How agents without a stream are reached. Nothing here waits. */
export interface TaskQueue {
  /** Puts a task into its agent's queue, trying until the queue has it or `isWanted` says that nobody wants that any more. */
  give(task: TaskRecord, isWanted: () => boolean): void;
  /** Tells an agent that it is to stop, if it can be told at once. */
  stop(agentId: string, held: HeldTask): void;
}
