/** What time does to tasks: when something is due, and what it is then. */
import TinyQueue from "tinyqueue";
import type { TaskRecord } from "../../shared/model/task.ts";
import { isHeld, type TaskEvent } from "../../shared/task/transition.ts";
import { isTaskEnded } from "../../shared/model/task.ts";

/** What is due of a task: something that happens to it, or that it may be assigned from now on. */
export type Due = Extract<TaskEvent, { kind: "overdue" | "deadline_passed" }> | { kind: "assignable" };

/** Tells when something is due of a task, in milliseconds since 1970: its deadline, and the end of its attempt or of its pause. */
export function dueTimes(task: TaskRecord): number[] {
  if (isTaskEnded(task.status)) return [];
  const times = [msOf(task.deadline), isHeld(task) ? timeoutAtMs(task) : msOf(task.not_before)];
  return times.filter((atMs) => atMs < Infinity);
}

/** Tells what is due of a task at `nowMs`; undefined: nothing is. */
export function dueOf(task: TaskRecord, nowMs: number): Due | undefined {
  if (isTaskEnded(task.status)) return undefined;
  if (msOf(task.deadline) <= nowMs) return { kind: "deadline_passed" };
  if (isHeld(task)) {
    return timeoutAtMs(task) <= nowMs ? { kind: "overdue", attempt: task.attempt } : undefined;
  }
  return isAssignable(task, nowMs) ? { kind: "assignable" } : undefined;
}

/** Tells whether a task that nobody has may be given to somebody. */
export function isAssignable({ status, not_before }: TaskRecord, nowMs: number): boolean {
  return status === "pending" && (not_before === null || Date.parse(not_before) <= nowMs);
}

/** When the attempt has taken as long as it may. */
function timeoutAtMs({ timeout_s, attempts }: TaskRecord): number {
  const startedAt = attempts.at(-1)?.started_at;
  return timeout_s === null || !startedAt ? Infinity : Date.parse(startedAt) + timeout_s * 1_000;
}

function msOf(time: string | null): number {
  return time === null ? Infinity : Date.parse(time);
}

/** So many entries that count for nothing any more may stand here beside as many as count. */
const MOST_STALE = 1_000;

/** The tasks of which something is due some day. */
export class Timetable {
  /** What counts; the queue has these and, until it is their turn, some that count no more. */
  readonly #times = new Map<string, readonly number[]>();
  #entries = newQueue();
  #count = 0;

  /** How many entries there are, those that count for nothing any more included. */
  get size(): number {
    return this.#entries.length;
  }

  /** Puts down when something is due of a task as it is now, in place of what was put down before. */
  set(task: TaskRecord): void {
    this.#put(task, dueTimes(task));
  }

  /** Puts down what is due of a task later than `nowMs`, for one of which something was due. */
  setAfter(task: TaskRecord, nowMs: number): void {
    this.#put(task, dueTimes(task).filter((atMs) => atMs > nowMs));
  }

  /** Takes out the tasks of which something was due by `nowMs`, at most `most`. */
  take(nowMs: number, most: number): string[] {
    const taskIds: string[] = [];
    while (taskIds.length < most && this.nextAtMs <= nowMs) {
      const { atMs, taskId } = this.#entries.pop()!;
      const times = this.#times.get(taskId);
      if (!times?.includes(atMs)) continue;
      this.#keep(taskId, times.filter((time) => time !== atMs));
      taskIds.push(taskId);
    }
    return taskIds;
  }

  /** When something may be due next, in milliseconds since 1970; `Infinity`: never. */
  get nextAtMs(): number {
    return this.#entries.peek()?.atMs ?? Infinity;
  }

  #put({ task_id: taskId }: TaskRecord, times: readonly number[]): void {
    const before = this.#times.get(taskId) ?? [];
    this.#keep(taskId, times);
    // Word of progress changes nothing here, and comes often.
    for (const atMs of new Set(times)) if (!before.includes(atMs)) this.#entries.push({ atMs, taskId });
    if (this.#entries.length > this.#count * 2 + MOST_STALE) this.#dropStale();
  }

  #keep(taskId: string, times: readonly number[]): void {
    this.#count += times.length - (this.#times.get(taskId)?.length ?? 0);
    if (times.length > 0) this.#times.set(taskId, times);
    else this.#times.delete(taskId);
  }

  /** Who ended long before a deadline is not remembered until then. */
  #dropStale(): void {
    this.#entries = newQueue(
      [...this.#times].flatMap(([taskId, times]) => [...new Set(times)].map((atMs) => ({ atMs, taskId }))),
    );
  }
}

interface Entry {
  atMs: number;
  taskId: string;
}

function newQueue(entries: Entry[] = []): TinyQueue<Entry> {
  return new TinyQueue(entries, (one, other) => one.atMs - other.atMs);
}
