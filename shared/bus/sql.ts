/** The bus in a database that people already run: its queues are a table, and a claim is a lease that ends by itself. */
import { ParleyError } from "../error.ts";
import { atMost } from "../pause.ts";
import type {
  BusTraits,
  ConsumeOptions,
  Envelope,
  Handler,
  MessageBus,
  OnStateChange,
  PublishOptions,
  PulledDelivery,
  PullOptions,
  QueueStats,
  Subscription,
} from "./bus.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import { SqlEvents } from "./sql_events.ts";
import { SqlLink } from "./sql_link.ts";
import { Publishing } from "./sql_publishing.ts";
import { Pulled, SqlPull } from "./sql_pulling.ts";
import { SqlReader } from "./sql_reader.ts";
import { SqlReaders } from "./sql_readers.ts";
import { requireQueueName, toRow } from "./sql_row.ts";
import type { SqlSession } from "./sql_session.ts";
import { Settling } from "./sql_settling.ts";
import { giveUp, type Unreadable } from "./sql_unreadable.ts";
import { Watch } from "./sql_watch.ts";
import type { NewRow, QueueCount, SqlDialect, SqlWire } from "./sql_wire.ts";
import type { EventHandler } from "./topics.ts";

/** How long a claim outlives its reader's last sign of life, in milliseconds. */
const LEASE_MS = 30_000;
/** How many signs of life a lease spans. */
const SIGNS_PER_LEASE = 15;
/** How long closing waits for publishes to be stored, in milliseconds. */
const CLOSE_MS = 2_000;
const TIMEOUT_MS = 30_000;

export interface SqlBusOptions extends OutboxOptions {
  onStateChange?: OnStateChange;
  /** How long a claim outlives its reader's last sign of life, in milliseconds; default 30,000. */
  leaseMs?: number;
}

/**
 * Makes the bus over the database that `dialect` reaches. Connections are made, and made again, in the background.
 * Publishes that wait for a connection are sent then, and those whose answer was lost are sent again, so they may
 * arrive twice. A reader's claims stand while its process renews its lease, however long a handler works.
 */
export function sqlBusOver(dialect: SqlDialect, options: SqlBusOptions = {}): MessageBus {
  return new SqlBus(dialect, options);
}

interface Session extends SqlSession {
  pulled: Pulled;
  watch: Watch;
}

class SqlBus implements MessageBus {
  readonly traits: BusTraits = { durable: true, priorities: true, countsCrashes: true, retries: false };
  readonly #link: SqlLink;
  readonly #outbox: Outbox<NewRow>;
  readonly #timeoutMs: number;
  readonly #leaseMs: number;
  readonly #readers = new SqlReaders();
  readonly #pulls = new Set<SqlPull>();
  readonly #events = new SqlEvents();
  readonly #ended = new AbortController();
  readonly #queues = new Set<string>();
  #up = Promise.withResolvers<void>();
  #session: Session | undefined;
  #lastReader = 0;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(private readonly dialect: SqlDialect, options: SqlBusOptions) {
    this.#outbox = new Outbox(options);
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#link = new SqlLink({
      dialect,
      leaseMs: this.#leaseMs,
      up: (wire) => this.#begin(wire),
      down: () => this.#end(),
      hears: { wake: (queue) => this.#wake(queue), event: (event) => this.#events.deliver(event) },
      onStateChange: options.onStateChange,
    });
  }

  async publish(queue: string, envelope: Envelope, options: PublishOptions = {}): Promise<void> {
    if (this.#isClosed) throw closedError();
    const row = toRow(queue, envelope, options);
    this.#queues.add(queue);
    await this.#outbox.add(row, (number) => this.#session?.publishing.add({ number, row }));
    if (row.delayMs !== null) this.#session?.watch.dueIn(row.delayMs);
  }

  async consume(queue: string, handler: Handler, options?: ConsumeOptions): Promise<Subscription> {
    if (this.#closing) throw closedError();
    this.#queues.add(requireQueueName(queue));
    const reader = new SqlReader({ queue, handler, options, number: ++this.#lastReader });
    this.#readers.add(reader);
    reader.subscription.closed.then(() => this.#readers.delete(reader));
    if (this.#session) reader.up(this.#session);
    await reader.receiving;
    return reader.subscription;
  }

  async pull(queue: string, { limit, blockMs = 0, signal }: PullOptions): Promise<PulledDelivery[]> {
    if (this.#closing) throw closedError();
    this.#queues.add(requireQueueName(queue));
    const pull = new SqlPull(queue);
    const over = AbortSignal.any([this.#ended.signal, ...(signal ? [signal] : [])]);
    this.#pulls.add(pull);
    try {
      return await this.#pullFor(pull, limit, { blockMs, over });
    } finally {
      this.#pulls.delete(pull);
    }
  }

  emit(topic: string, event: unknown): Promise<void> {
    this.#events.emit(topic, event);
    return Promise.resolve();
  }

  async subscribe(topic: string, handler: EventHandler): Promise<Subscription> {
    return await this.#events.subscribe(topic, handler);
  }

  async stats(): Promise<QueueStats[]> {
    const session = this.#session;
    if (session === undefined || this.#queues.size === 0) return [];
    const counts = await this.#count(session);
    return counts.map((count) => ({ ...count, consumers: this.#readers.of(count.queue).length }));
  }

  async #count({ wire, settling, failed }: Session): Promise<QueueCount[]> {
    try {
      await settling.flush();
      return await wire.count([...this.#queues]);
    } catch (cause) {
      failed(cause);
      throw new ParleyError("unavailable", "The database does not count its queues now. Try again.", {
        cause,
      });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#ended.abort();
    const readers = [...this.#readers];
    for (const reader of readers) reader.refuse(closedError());
    await Promise.all(readers.map(({ subscription }) => subscription[Symbol.asyncDispose]()));
    this.#session?.pulled.end();
    const told = this.#events.close();
    if (this.#session) await atMost(CLOSE_MS, Promise.all([told, this.#finish(this.#session)]));
    this.#isClosed = true;
    this.#outbox.close();
    this.#end();
    await this.#link.close();
  }

  /** Has everything said that is to be said. */
  async #finish({ settling, watch }: Session): Promise<void> {
    await Promise.all([this.#outbox.empty(), settling.flush(), watch.stop()]);
  }

  #begin(wire: SqlWire): void {
    const failed = (error: unknown) => this.#failed(wire, error);
    const lost = (error: unknown) => this.#link.giveUp(wire, error);
    const { judge, poll, mostRows } = this.dialect;
    const publishing = new Publishing({ wire, judge, mostRows, outbox: this.#outbox, lost });
    const settling = new Settling(wire, judge, lost);
    const watch = new Watch({
      wire,
      poll,
      careMs: this.#leaseMs / SIGNS_PER_LEASE,
      hungry: () => this.#hungry(),
      wake: (queue) => this.#wake(queue),
      failed,
    });
    const publish = (queue: string, letter: Envelope) => this.publish(queue, letter);
    const bury = (unreadable: Unreadable) => void giveUp(unreadable, publish, settling);
    const base: SqlSession = { wire, publishing, settling, failed, giveUp: bury };
    this.#session = { ...base, watch, pulled: new Pulled(base) };
    this.#events.up(wire);
    for (const [number, row] of this.#outbox.entries()) publishing.add({ number, row });
    for (const reader of this.#readers) reader.up(base);
    for (const pull of this.#pulls) pull.wake();
    this.#up.resolve();
  }

  /** Lets go of what the wire had: its messages are claimed again by whoever is first. */
  #end(): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    this.#up = Promise.withResolvers();
    void session.watch.stop();
    session.publishing.end();
    session.settling.end();
    session.pulled.end();
    this.#events.down();
    for (const reader of this.#readers) reader.down();
  }

  #failed(wire: SqlWire, error: unknown): boolean {
    if (this.#session?.wire !== wire) return true;
    if (this.dialect.judge(error) !== "lost") return false;
    this.#link.giveUp(wire, error);
    return true;
  }

  async #pullFor(
    pull: SqlPull,
    limit: number,
    { blockMs, over }: { blockMs: number; over: AbortSignal },
  ): Promise<PulledDelivery[]> {
    let session = await this.#connected(over);
    const until = performance.now() + blockMs;
    while (session && !over.aborted) {
      const came = await session.pulled.take(pull.queue, limit);
      const leftMs = until - performance.now();
      if (came.length > 0 || leftMs <= 0) return came;
      await pull.untilWoken(leftMs, over);
      session = await this.#connected(over);
    }
    return [];
  }

  /** Waits for a connection as long as a publish does. Undefined once `over` aborts; throws `unavailable` when none came. */
  async #connected(over: AbortSignal): Promise<Session | undefined> {
    const aborted = Promise.withResolvers<void>();
    over.addEventListener("abort", () => aborted.resolve(), { once: true });
    if (!this.#session && !over.aborted) {
      await atMost(this.#timeoutMs, Promise.race([this.#up.promise, aborted.promise]));
    }
    if (this.#session || over.aborted) return this.#session;
    throw new ParleyError("unavailable", `${this.dialect.name} cannot be reached. Try again later.`);
  }

  #wake(queue: string): void {
    this.#session?.watch.hurry();
    for (const reader of this.#readers.of(queue)) reader.wake();
    for (const pull of this.#pulls) if (pull.queue === queue) pull.wake();
  }

  #hungry(): string[] {
    const hungry = [...this.#readers, ...this.#pulls].filter(({ isHungry }) => isHungry);
    return [...new Set(hungry.map(({ queue }) => queue))];
  }
}

function closedError(): ParleyError {
  return new ParleyError("unavailable", "The bus has been closed.");
}
