/** The bus that needs nothing installed: the port over queues in memory, kept safe by one SQLite file that one process owns. */
import { dirname } from "node:path";
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import type {
  BusTraits,
  ConsumeOptions,
  Envelope,
  Handler,
  MessageBus,
  PublishOptions,
  PulledDelivery,
  PullOptions,
  QueueStats,
  Subscription,
  Verdict,
} from "./bus.ts";
import type { Entry, Taker } from "./local_queue.ts";
import { PULL_LEASE_MS } from "./pull.ts";
import { Reader } from "./reader.ts";
import { type Journal, openJournal } from "./sqlite_journal.ts";
import { Pull } from "./sqlite_pull.ts";
import { SqliteQueues } from "./sqlite_queues.ts";
import { type EventHandler, Topics } from "./topics.ts";

const log = logOf("bus", "sqlite");
const MEMORY_BYTES = 64 * 1024 * 1024;

export interface SqliteOptions {
  /**
   * How much of the waiting bodies is kept in memory, in characters or bytes; default 64 Mi. What is beyond is read
   * from the file when its turn comes.
   */
  memoryBytes?: number;
}

/**
 * Opens the queues in the file at `path` (`:memory:`: none, and nothing outlives the process). One process owns a
 * file: throws `conflict` when another has it. Claims live in memory, so several processes need another backend.
 *
 * A publish resolves after a commit that reached the disk; those of one turn of the event loop share it. Readers
 * get its message once it is committed, which survives the end of the process, while the disk is waited for. Where a
 * reader that takes unstored messages is free it gets the message before that commit, which then comes 20 ms later at
 * most; a message that is finished by then resolves its publish and is never written. So after a crash a message may have been read whose
 * publisher was never told that it is stored, and sends it again.
 * Acknowledgements go along with the next commit, 20 ms later at most: a crash in between delivers again.
 * A crash counts as an attempt: the mark "handed out" is stored with the message when a reader is free, before the
 * delivery when an earlier attempt has failed, and otherwise with the next commit, so that only the first attempt
 * of a message that had to wait can go uncounted, once.
 */
export async function openSqliteBus(path: string, options: SqliteOptions = {}): Promise<MessageBus> {
  const durable = path !== ":memory:";
  if (durable) await makeDirectory(path);
  return busOver(openJournal(path), { durable, ...options });
}

/** Makes the bus over a journal, which it then owns. */
export function busOver(journal: Journal, options: SqliteOptions & { durable: boolean }): MessageBus {
  return new SqliteBus(journal, options);
}

class SqliteBus implements MessageBus {
  readonly traits: BusTraits;
  readonly #queues: SqliteQueues;
  readonly #topics = new Topics();
  readonly #readers = new Set<Reader>();
  readonly #pulls = new Set<Pull>();
  readonly #leased = new Set<Entry>();
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(
    journal: Journal,
    { durable, memoryBytes = MEMORY_BYTES }: SqliteOptions & { durable: boolean },
  ) {
    this.#queues = new SqliteQueues(journal, memoryBytes);
    this.traits = { durable, priorities: true, countsCrashes: durable, retries: false };
  }

  publish(queue: string, envelope: Envelope, options: PublishOptions = {}): Promise<void> {
    if (this.#isClosed) return Promise.reject(closedError());
    return this.#queues.publish(queue, envelope, options);
  }

  consume(queue: string, handler: Handler, options?: ConsumeOptions): Promise<Subscription> {
    if (this.#closing) return Promise.reject(closedError());
    const reader = new Reader(handler, options, () => this.#queues.detach(queue, taker));
    const taker: Taker = {
      limit: reader.prefetch,
      mayBeUnstored: options?.mayBeUnstored ?? false,
      taken: 0,
      give: (entry) => reader.ending ? this.#queues.handBack(entry) : this.#work(reader, entry),
    };
    this.#readers.add(reader);
    reader.closed.then(() => this.#readers.delete(reader));
    this.#queues.attach(queue, taker);
    return Promise.resolve(reader);
  }

  async pull(queue: string, options: PullOptions): Promise<PulledDelivery[]> {
    if (this.#closing) throw closedError();
    const pull = new Pull(options, (late) => this.#queues.handBack(late));
    this.#pulls.add(pull);
    this.#queues.attach(queue, pull);
    const entries = await pull.entries;
    this.#queues.detach(queue, pull);
    this.#pulls.delete(pull);
    return entries.map((entry) => this.#lease(entry));
  }

  emit(topic: string, event: unknown): Promise<void> {
    const json = JSON.stringify(event);
    queueMicrotask(() => this.#topics.deliver(topic, json));
    return Promise.resolve();
  }

  subscribe(topic: string, handler: EventHandler): Promise<Subscription> {
    return Promise.resolve(this.#topics.subscribe(topic, handler));
  }

  stats(): Promise<QueueStats[]> {
    return Promise.resolve(this.#queues.stats());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    for (const pull of this.#pulls) pull.end();
    await Promise.all([...this.#readers].map((reader) => reader[Symbol.asyncDispose]()));
    for (const entry of this.#leased) this.#queues.settle(entry, undefined);
    this.#isClosed = true;
    await this.#queues.close();
  }

  #work(reader: Reader, entry: Entry): void {
    try {
      reader.run(this.#queues.deliveryOf(entry), (verdict) => this.#queues.settle(entry, verdict));
    } catch (error) {
      log.error("A message of {queue} cannot be read; it stays in the file", { queue: entry.queue, error });
    }
  }

  #lease(entry: Entry): PulledDelivery {
    this.#leased.add(entry);
    const attempt = entry.attempts;
    const end = (verdict: Verdict | undefined) => {
      // Once the lease has ended, another may have the message.
      if (attempt !== entry.attempts) return;
      this.#leased.delete(entry);
      this.#queues.settle(entry, verdict);
    };
    const back = () => end(undefined);
    this.#queues.ringAt(Date.now() + PULL_LEASE_MS, back);
    const settle = (verdict: Verdict) => Promise.resolve(end(verdict));
    return { ...this.#queues.deliveryOf(entry), settle };
  }
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    const advice = "Set DATA_DIR (or BUS_URL, if that is set) to where files can be written.";
    const message = `The directory of the queue file ${path} cannot be made. ${advice}`;
    throw new ParleyError("unavailable", message, { cause });
  }
}

function closedError(): ParleyError {
  return new ParleyError("unavailable", "The bus has been closed.");
}
