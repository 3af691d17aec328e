/** The tasks that are at hand without asking the store: those that agents have, and as many others as there is room for. */
import { isTaskEnded } from "../../shared/model/task.ts";
import type { KeptTask } from "../../shared/store/store.ts";
import { isHeld } from "../../shared/task/transition.ts";

/** Bytes, about, of tasks that wait, and of those that ended last, which somebody may still have to be told of. */
const WAITING_BYTES = 64 * 1_048_576;
const ENDED_BYTES = 16 * 1_048_576;
/** So much of the room is freed at once: walking over what was deleted from the front of a map takes time each time. */
const FREED = 0.1;
/** What a task takes beside its longer fields, about. */
const LEAST_BYTES = 2_000;

export class RecentTasks {
  readonly #held = new Map<string, KeptTask>();
  readonly #waiting: Room;
  readonly #ended: Room;

  constructor(waitingBytes = WAITING_BYTES, endedBytes = ENDED_BYTES) {
    this.#waiting = new Room(waitingBytes);
    this.#ended = new Room(endedBytes);
  }

  get(taskId: string): KeptTask | undefined {
    return this.#held.get(taskId) ?? this.#waiting.get(taskId) ?? this.#ended.get(taskId);
  }

  /** Keeps a task at hand, in place of what it was before; `isHeldHere`: until it is told otherwise. */
  set(kept: KeptTask, isHeldHere: boolean = isHeld(kept.task)): void {
    const { task } = kept;
    this.delete(task.task_id);
    if (isHeldHere) this.#held.set(task.task_id, kept);
    else (isTaskEnded(task.status) ? this.#ended : this.#waiting).add(kept);
  }

  delete(taskId: string): void {
    this.#held.delete(taskId);
    this.#waiting.delete(taskId);
    this.#ended.delete(taskId);
  }
}

/** Keeps what came last, as much as fits. */
class Room {
  /** The one that came first is the first to go. */
  readonly #tasks = new Map<string, { kept: KeptTask; bytes: number }>();
  #bytes = 0;

  constructor(private readonly roomBytes: number) {}

  get(taskId: string): KeptTask | undefined {
    return this.#tasks.get(taskId)?.kept;
  }

  add(kept: KeptTask): void {
    const { task } = kept;
    const bytes = LEAST_BYTES + sizeOf(task.parameters) + sizeOf(task.result) + task.description.length * 2;
    this.#tasks.set(task.task_id, { kept, bytes });
    this.#bytes += bytes;
    if (this.#bytes > this.roomBytes) this.#makeRoom();
  }

  delete(taskId: string): void {
    const known = this.#tasks.get(taskId);
    if (!known) return;
    this.#tasks.delete(taskId);
    this.#bytes -= known.bytes;
  }

  #makeRoom(): void {
    for (const taskId of this.#tasks.keys()) {
      if (this.#bytes <= this.roomBytes * (1 - FREED)) break;
      this.delete(taskId);
    }
  }
}

/** Guesses how much memory a value takes, without writing it out. */
function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length * 2;
  if (typeof value !== "object" || value === null) return 16;
  let bytes = 64;
  for (const [name, each] of Object.entries(value)) bytes += name.length + sizeOf(each);
  return bytes;
}
