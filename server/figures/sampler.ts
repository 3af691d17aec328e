/** The figures of the last quarter of an hour, so that whoever opens a page sees how it has been. */
import type { QueueStats } from "../../shared/bus/bus.ts";
import { timestamp } from "../../shared/model/message.ts";
import { logOf } from "../../shared/log.ts";
import { type Clock, every } from "../presence/clock.ts";
import { Question } from "./question.ts";
import { depthsOf } from "./queue_depths.ts";
import { quantileOf } from "./round_trips.ts";

export const INTERVAL_MS = 5_000;
const MOST_POINTS = 15 * 60_000 / INTERVAL_MS;
/** How long the bus and the store may take to answer, in milliseconds: less than an interval. */
const PATIENCE_MS = 2_000;

const log = logOf("server", "figures");

/** What has been counted since the server started. */
export interface Totals {
  accepted: number;
  delivered: number;
  dead_letters: number;
  errors: number;
  tasks_ended: number;
  commands_ended: number;
}

/** How it is at a moment. */
export interface Levels {
  agents_online: number;
  tasks_waiting: number;
  tasks_held: number;
  memory_bytes: number;
}

/** The counts and round trips of the interval that ended at `at`, and how it was then. */
export interface Point extends Totals, Levels {
  at: string;
  round_trip_p50_ms: number | null;
  round_trip_p95_ms: number | null;
  /** As the store counted last. */
  messages_waiting: number;
  /** Messages that are ready in each queue; null where the bus did not answer. */
  queues: Record<string, number> | null;
}

export interface SamplerOptions {
  clock: Clock;
  totals: () => Totals;
  levels: () => Levels;
  /** Gives the round trips since it was last called, in ascending order. */
  roundTrips: () => number[];
  messagesWaiting: () => Promise<number>;
  queues: () => Promise<QueueStats[]>;
}

/**
 * Takes a point every 5 s and keeps 180 of them. A bus or a store that hangs or fails delays a point, at most by 2 s, and
 * nothing else. Disposing ends it.
 */
export class Sampler implements Disposable {
  readonly #options: SamplerOptions;
  readonly #points: Point[] = [];
  readonly #queues: Question<QueueStats[]>;
  readonly #waiting: Question<number>;
  readonly #timer: Disposable;
  #before: Totals;
  #messagesWaiting = 0;
  #taken: Promise<void> = Promise.resolve();

  constructor(options: SamplerOptions) {
    const { clock, queues, messagesWaiting, totals } = options;
    this.#options = options;
    this.#before = totals();
    this.#queues = new Question(clock, PATIENCE_MS, queues);
    this.#waiting = new Question(clock, PATIENCE_MS, messagesWaiting);
    this.#timer = every(clock, INTERVAL_MS, () => this.#begin());
  }

  /** Resolves once what has been begun to take is in `points`. */
  get taken(): Promise<void> {
    return this.#taken;
  }

  /** Lists the points after `since`, oldest first. */
  points(since?: string): Point[] {
    if (since === undefined) return [...this.#points];
    const after = Date.parse(since);
    return this.#points.filter(({ at }) => Date.parse(at) > after);
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
    this.#queues[Symbol.dispose]();
    this.#waiting[Symbol.dispose]();
  }

  /** What comes of it follows the point before, however long that takes. */
  #begin(): void {
    const earlier = this.#taken;
    this.#taken = this.#take(earlier).catch((cause) =>
      log.warning("A sample is left out: {cause}", { cause })
    );
  }

  async #take(earlier: Promise<void>): Promise<void> {
    const counted = this.#count();
    const [queues, waiting] = await Promise.all([this.#queues.ask(), this.#waiting.ask(), earlier]);
    this.#messagesWaiting = waiting ?? this.#messagesWaiting;
    const messages_waiting = this.#messagesWaiting;
    this.#points.push({ ...counted, messages_waiting, queues: queues ? depthsOf(queues) : null });
    if (this.#points.length > MOST_POINTS) this.#points.shift();
  }

  #count(): Omit<Point, "messages_waiting" | "queues"> {
    const { clock, totals, levels, roundTrips } = this.#options;
    const now = totals();
    const before = this.#before;
    this.#before = now;
    const took = roundTrips();
    return {
      at: timestamp(clock.now()),
      ...since(before, now),
      round_trip_p50_ms: quantileOf(took, 0.5),
      round_trip_p95_ms: quantileOf(took, 0.95),
      ...levels(),
    };
  }
}

function since(before: Totals, now: Totals): Totals {
  return {
    accepted: now.accepted - before.accepted,
    delivered: now.delivered - before.delivered,
    dead_letters: now.dead_letters - before.dead_letters,
    errors: now.errors - before.errors,
    tasks_ended: now.tasks_ended - before.tasks_ended,
    commands_ended: now.commands_ended - before.commands_ended,
  };
}
