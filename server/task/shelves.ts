/** Where waiting tasks stand by what they ask for, so that who is free looks at a few of them and not at all. */
import type { Needs } from "../../shared/task/choice.ts";

/** What some agents take alike, and those of them that are looking for a task. */
export interface Seekers {
  /** The types that they say they take; undefined where they say nothing of tasks. */
  taskTypes: ReadonlySet<string> | undefined;
  capabilities: ReadonlySet<string>;
  agentIds: ReadonlySet<string>;
}

/** What a task asks for, of whom it asks first. */
export interface Wanting {
  readonly wanted: Needs & { preferredAgent: string | null };
}

type Shelf<T> = Map<string, Set<T>>;

/**
 * Finds what agents may be able to do. Each thing stands by its type and the first capability that it requires, for
 * agents that say types; for others by that capability, or by its type where it requires none, and by the agent that is
 * preferred: what `isAble` is true of is found. What is found may still ask for more than an agent has.
 */
export class Shelves<T extends Wanting> {
  readonly #byType = new Map<string, Shelf<T>>();
  readonly #byCapability: Shelf<T> = new Map();
  readonly #byAgent: Shelf<T> = new Map();

  add(thing: T): void {
    const { taskType, capabilities: [first = ""], preferredAgent } = thing.wanted;
    const ofType = this.#byType.get(taskType) ?? new Map();
    this.#byType.set(taskType, ofType);
    put(ofType, first, thing);
    put(this.#byCapability, first || taskType, thing);
    if (preferredAgent !== null) put(this.#byAgent, preferredAgent, thing);
  }

  delete(thing: T): void {
    const { taskType, capabilities: [first = ""], preferredAgent } = thing.wanted;
    const ofType = this.#byType.get(taskType);
    if (ofType && take(ofType, first, thing)) this.#byType.delete(taskType);
    take(this.#byCapability, first || taskType, thing);
    if (preferredAgent !== null) take(this.#byAgent, preferredAgent, thing);
  }

  /** Gives all that any of these may be able to do, some of it more than once. */
  *for(seekers: Iterable<Seekers>): Generator<T> {
    for (const { taskTypes, capabilities, agentIds } of seekers) {
      if (!taskTypes) {
        for (const found of common(this.#byCapability, capabilities)) yield* found;
        for (const found of common(this.#byAgent, agentIds)) yield* found;
        continue;
      }
      for (const ofType of common(this.#byType, taskTypes)) {
        yield* ofType.get("") ?? [];
        for (const found of common(ofType, capabilities)) yield* found;
      }
    }
  }
}

function put<T>(shelf: Shelf<T>, name: string, thing: T): void {
  const there = shelf.get(name);
  if (there) there.add(thing);
  else shelf.set(name, new Set([thing]));
}

/** Tells whether nothing is left. */
function take<T>(shelf: Shelf<T>, name: string, thing: T): boolean {
  const there = shelf.get(name);
  there?.delete(thing);
  if (there?.size === 0) shelf.delete(name);
  return shelf.size === 0;
}

/** Gives what stands by any of `names`; there may be many of them, or many places. */
function* common<V>(places: ReadonlyMap<string, V>, names: ReadonlySet<string>): Generator<V> {
  if (places.size < names.size) {
    for (const [name, place] of places) if (names.has(name)) yield place;
    return;
  }
  for (const name of names) {
    const place = places.get(name);
    if (place !== undefined) yield place;
  }
}
