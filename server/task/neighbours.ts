/** Sharing tasks with other servers on the same store: what one has changed the others look at, and what a dead one had they take. */
import { setImmediate } from "node:timers";
import type { MessageBus, Subscription } from "../../shared/bus/bus.ts";
import { logOf } from "../../shared/log.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { RosterStore, TaskState, TaskStore } from "../../shared/store/store.ts";
import { type Clock, every } from "../presence/clock.ts";
import { ALIVE_MS, Lives } from "../presence/last_alive.ts";

const TOPIC = "parley.tasks";
/** Everything that has not ended is looked at so often: a word of another server may be lost. */
const LOOK_EVERY_MS = 5_000;
/** Ids that one word names. */
const MOST_NAMED = 500;

const log = logOf("server", "task");

/** What the tasks here are to hear. */
export interface NeighbourhoodListener {
  /** These tasks may have changed; those that are unknown here may be new. */
  look(taskIds: readonly string[]): void;
  /** Lists the tasks that are known here not to have ended, with their versions. */
  known(): Iterable<[taskId: string, version: number | undefined]>;
  /** A task is held by a server that is gone. */
  orphaned(state: TaskState): void;
}

export interface NeighboursOptions {
  store: Pick<TaskStore, "states">;
  roster: Pick<RosterStore, "servers">;
  bus: Pick<MessageBus, "emit" | "subscribe">;
  server: Principal;
  clock: Clock;
  /** Milliseconds after the last word of a server until its tasks are given to others. */
  patienceMs: number;
  listener: NeighbourhoodListener;
}

/** Does nothing but look around while no other server is there. */
export class Neighbours implements AsyncDisposable {
  readonly #options: NeighboursOptions;
  readonly #looking: Disposable;
  /** When each server that has tasks was found to be gone, in ticks. */
  readonly #goneSince = new Map<string, number>();
  #subscription: Promise<Subscription | undefined>;
  #changed = new Set<string>();
  /** At first there may have been one that is gone and has left tasks behind. */
  #hasOthers = true;
  #round: Promise<void> | undefined;

  constructor(options: NeighboursOptions) {
    this.#options = options;
    this.#looking = every(options.clock, LOOK_EVERY_MS, () => this.#lookAround());
    this.#subscription = options.bus.subscribe(TOPIC, (event) => this.#hear(event)).catch((cause) => {
      log.warning("What other servers do with tasks is seen later: {cause}", { cause });
      return undefined;
    });
    this.#lookAround();
    // Who is there already tells this one from now on.
    void this.#subscription.then(() => this.#emit([]));
  }

  /** Tells the others soon that a task has changed. */
  changed(taskId: string): void {
    if (!this.#hasOthers) return;
    if (this.#changed.size === 0) setImmediate(() => this.#tell());
    this.#changed.add(taskId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#looking[Symbol.dispose]();
    await this.#round;
    await (await this.#subscription)?.[Symbol.asyncDispose]();
  }

  #tell(): void {
    const taskIds = [...this.#changed];
    this.#changed.clear();
    for (let from = 0; from < taskIds.length; from += MOST_NAMED) {
      this.#emit(taskIds.slice(from, from + MOST_NAMED));
    }
  }

  #emit(taskIds: readonly string[]): void {
    const { bus, server } = this.#options;
    bus.emit(TOPIC, { server_id: server.id, task_ids: taskIds })
      .catch((cause) => log.debug("Other servers were not told: {cause}", { cause }));
  }

  #hear(event: unknown): void {
    const { server_id, task_ids } = (event ?? {}) as { server_id?: unknown; task_ids?: unknown };
    if (server_id === this.#options.server.id || !Array.isArray(task_ids)) return;
    this.#hasOthers = true;
    this.#options.listener.look(task_ids.filter((id) => typeof id === "string").slice(0, MOST_NAMED));
  }

  /** Never rejects. */
  #lookAround(): void {
    this.#round ??= this.#look()
      .catch((cause) => log.debug("Other servers' tasks are looked at again soon: {cause}", { cause }))
      .finally(() => this.#round = undefined);
  }

  async #look(): Promise<void> {
    const { server, roster, clock } = this.#options;
    const there = new Set(new Lives(await roster.servers(server)).there(clock.now()));
    const hadOthers = this.#hasOthers;
    this.#hasOthers = [...there].some((id) => id !== server.id);
    // One that has just gone leaves tasks behind.
    if (this.#hasOthers || hadOthers || this.#goneSince.size > 0) await this.#compare(there.add(server.id));
  }

  async #compare(there: ReadonlySet<string>): Promise<void> {
    const { listener } = this.#options;
    const states = await this.#states();
    const known = new Map(listener.known());
    const changed = states.filter((state) => isNews(state, known));
    for (const { taskId } of states) known.delete(taskId);
    this.#lookAt(changed.map(({ taskId }) => taskId));
    // What is not among those that have not ended has ended elsewhere.
    this.#lookAt([...known.keys()]);
    this.#findOrphans(states, there);
  }

  #lookAt(taskIds: readonly string[]): void {
    for (let from = 0; from < taskIds.length; from += MOST_NAMED) {
      this.#options.listener.look(taskIds.slice(from, from + MOST_NAMED));
    }
  }

  #findOrphans(states: readonly TaskState[], there: ReadonlySet<string>): void {
    const { clock, patienceMs, listener } = this.#options;
    const orphans = states.filter(({ serverId }) => serverId !== null && !there.has(serverId));
    const gone = new Set(orphans.map(({ serverId }) => serverId!));
    for (const serverId of this.#goneSince.keys()) if (!gone.has(serverId)) this.#goneSince.delete(serverId);
    for (const serverId of gone) {
      if (!this.#goneSince.has(serverId)) this.#goneSince.set(serverId, clock.ticks());
    }
    for (const orphan of orphans) {
      const goneMs = clock.ticks() - this.#goneSince.get(orphan.serverId!)!;
      if (goneMs + ALIVE_MS >= patienceMs) listener.orphaned(orphan);
    }
  }

  async #states(): Promise<TaskState[]> {
    const { store, server } = this.#options;
    const all: TaskState[] = [];
    for (let after = 0;;) {
      const page = await store.states(server, after);
      all.push(...page);
      const last = page.at(-1);
      if (!last) return all;
      after = last.position;
    }
  }
}

/** What is unknown here concerns this server when it waits; what waits here and is not at hand, when it does not any more. */
function isNews(
  { taskId, version, status }: TaskState,
  known: ReadonlyMap<string, number | undefined>,
): boolean {
  if (!known.has(taskId)) return status === "pending";
  const knownVersion = known.get(taskId);
  return knownVersion === undefined ? status !== "pending" : knownVersion !== version;
}
