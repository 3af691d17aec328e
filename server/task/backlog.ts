/** The tasks that wait for an agent, in the order in which they get one. */
import TinyQueue from "tinyqueue";
import { PRIORITY_NAMES } from "../../shared/model/task.ts";
import type { Needs } from "../../shared/task/choice.ts";
import { type Seekers, Shelves } from "./shelves.ts";

/** After so many milliseconds of waiting a task counts as one priority higher, so that each gets its turn. */
export const AGE_MS = 60_000;

/** The level of those that have waited longest, before all others: there no deadline decides, or the next one always would. */
const OLDEST = 0;
const LOWEST_PRIORITY = PRIORITY_NAMES.length;

/** A task that waits. */
export interface Waiting extends Wanted {
  taskId: string;
  /** 1 (first) to 5. */
  priority: number;
  /** When it has to be completed, in milliseconds since 1970; `Infinity` without a deadline. */
  deadlineMs: number;
  /** Rises with acceptance. */
  position: number;
  /** From when on its waiting counts, in milliseconds on the clock that `age` is told. */
  sinceMs: number;
}

/** A task in its place. `level`: its priority, less what its waiting has earned. */
interface Place {
  waiting: Waiting;
  level: number;
  group: Group;
}

type Queue = TinyQueue<Place>;

/** What a task asks for: of any agent, and which one first. */
export interface Wanted extends Needs {
  preferredAgent: string | null;
  /** Agents that had it and gave it back, or were lost: others come first. */
  avoided?: readonly string[];
}

/** The tasks that ask the same of an agent, one queue for each level. */
interface Group {
  key: string;
  wanted: Wanted;
  size: number;
  levels: Map<number, Queue>;
}

/**
 * Gives the next task for an agent: of the highest priority, then with the earliest deadline, then the one that came
 * first. Tasks that ask the same stand together, so that many of them cost as much as one, and what nobody who is free
 * could do costs nothing; adding, removing and taking one take logarithmic time. Nothing here reads a clock: `age` tells the time.
 */
export class Backlog {
  readonly #places = new Map<string, Place>();
  readonly #groups = new Map<string, Group>();
  readonly #shelves = new Shelves<Group>();
  /** Who is promoted next, the earliest first. */
  readonly #ageing = new TinyQueue<{ place: Place; atMs: number }>([], (one, other) => one.atMs - other.atMs);

  get size(): number {
    return this.#places.size;
  }

  /** Lists the tasks that wait. */
  taskIds(): IterableIterator<string> {
    return this.#places.keys();
  }

  has(taskId: string): boolean {
    return this.#places.has(taskId);
  }

  /** Adds a task; one that waits already is not added again. */
  add(waiting: Waiting): void {
    if (this.#places.has(waiting.taskId)) return;
    const place = { waiting, level: waiting.priority, group: this.#groupOf(waiting) };
    this.#places.set(waiting.taskId, place);
    place.group.size++;
    enqueue(place);
    this.#ageLater(place, waiting.sinceMs);
  }

  /** Takes a task out; tells whether it waited. */
  remove(taskId: string): boolean {
    const place = this.#places.get(taskId);
    if (!place) return false;
    this.#places.delete(taskId);
    // What is left of it in a queue is passed over when it is its turn.
    if (--place.group.size === 0) this.#drop(place.group);
    return true;
  }

  /**
   * Gives the task that is next among those that `isFit`, and leaves it in its place. What none of `seekers` could do is
   * not looked at, where they are given.
   */
  next(isFit: (wanted: Wanted) => boolean, seekers?: Iterable<Seekers>): Waiting | undefined {
    let best: Place | undefined;
    for (const group of seekers ? this.#shelves.for(seekers) : this.#groups.values()) {
      const first = isFit(group.wanted) ? this.#firstOf(group) : undefined;
      if (first && (!best || compare(first, best) < 0)) best = first;
    }
    return best?.waiting;
  }

  /** Lists what is asked for, and by how many tasks. */
  *wanted(): Generator<{ wanted: Wanted; count: number }> {
    for (const { wanted, size } of this.#groups.values()) yield { wanted, count: size };
  }

  /** Promotes whoever has waited long enough by `nowMs`, but `most` at once. Gives when it is to be called again; `Infinity`: nobody waits so. */
  age(nowMs: number, most = 1_000): number {
    for (let count = 0; count < most; count++) {
      const due = this.#ageing.peek();
      if (!due || due.atMs > nowMs) break;
      this.#ageing.pop();
      if (this.#isInPlace(due.place)) this.#promote(due.place, due.atMs);
    }
    return this.#ageing.peek()?.atMs ?? Infinity;
  }

  #promote(place: Place, atMs: number): void {
    const promoted = { ...place, level: place.level - 1 };
    this.#places.set(place.waiting.taskId, promoted);
    enqueue(promoted);
    this.#ageLater(promoted, atMs);
  }

  #ageLater(place: Place, sinceMs: number): void {
    if (place.level > OLDEST) this.#ageing.push({ place, atMs: sinceMs + AGE_MS });
  }

  #groupOf(waiting: Waiting): Group {
    const key = keyOf(waiting);
    const known = this.#groups.get(key);
    if (known) return known;
    const { taskType, capabilities, preferredAgent, avoided } = waiting;
    const group = {
      key,
      wanted: { taskType, capabilities, preferredAgent, avoided },
      size: 0,
      levels: new Map(),
    };
    this.#groups.set(key, group);
    this.#shelves.add(group);
    return group;
  }

  #drop(group: Group): void {
    this.#groups.delete(group.key);
    this.#shelves.delete(group);
  }

  #firstOf({ levels }: Group): Place | undefined {
    for (let level = OLDEST; level <= LOWEST_PRIORITY; level++) {
      const queue = levels.get(level);
      while (queue?.length && !this.#isInPlace(queue.peek()!)) queue.pop();
      if (queue?.length) return queue.peek();
    }
  }

  /** One that was removed, or promoted, has left its old place behind. */
  #isInPlace(place: Place): boolean {
    return this.#places.get(place.waiting.taskId) === place;
  }
}

function enqueue(place: Place): void {
  const { levels } = place.group;
  const queue = levels.get(place.level) ?? new TinyQueue<Place>([], compare);
  levels.set(place.level, queue);
  queue.push(place);
}

function keyOf({ taskType, capabilities, preferredAgent, avoided = [] }: Wanted): string {
  return JSON.stringify([preferredAgent, taskType, avoided, ...capabilities]);
}

/** Orders places: below 0 when `one` comes first. */
function compare(one: Place, other: Place): number {
  if (one.level === OLDEST && other.level === OLDEST) return one.waiting.position - other.waiting.position;
  return one.level - other.level || compareNumbers(one.waiting.deadlineMs, other.waiting.deadlineMs) ||
    one.waiting.position - other.waiting.position;
}

/** `Infinity - Infinity` is no number. */
function compareNumbers(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
