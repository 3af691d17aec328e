/** The bus that needs nothing installed: queues in memory, kept safe by one SQLite file that one process owns. */
import { dirname } from "node:path";
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import { Alarm } from "./alarm.ts";
import type {
  BusTraits,
  ConsumeOptions,
  Delivery,
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
import { type Entry, LocalQueue, type Taker } from "./local_queue.ts";
import { PULL_LEASE_MS } from "./pull.ts";
import { Reader } from "./reader.ts";
import { GroupCommit } from "./sqlite_commit.ts";
import { type Journal, openJournal } from "./sqlite_journal.ts";
import { Pull } from "./sqlite_pull.ts";
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
  readonly #queues = new Map<string, LocalQueue>();
  readonly #topics = new Topics();
  readonly #alarm = new Alarm<() => void>((due) => due.forEach((ring) => ring()));
  readonly #readers = new Set<Reader>();
  readonly #pulls = new Set<Pull>();
  readonly #leased = new Set<Entry>();
  readonly #commit: GroupCommit;
  #lastSeq = 0;
  readonly #memoryBytes: number;
  #bytes = 0;
  #closing: Promise<void> | undefined;
  #isClosed = false;

  constructor(
    readonly journal: Journal,
    { durable, memoryBytes = MEMORY_BYTES }: SqliteOptions & { durable: boolean },
  ) {
    this.#memoryBytes = memoryBytes;
    this.#commit = new GroupCommit(journal, {
      wouldHandOut: ({ queue, visibleAt }) => visibleAt === 0 && this.#queue(queue).wouldHandOut(),
      stored: (entries) => this.#stored(entries),
      refused: (entries) => this.#refused(entries),
    });
    this.traits = { durable, priorities: true, countsCrashes: durable, retries: false };
    for (const entry of journal.recover()) {
      this.#lastSeq = entry.seq;
      this.#place(entry);
    }
  }

  publish(queue: string, envelope: Envelope, options: PublishOptions = {}): Promise<void> {
    if (this.#isClosed) return Promise.reject(closedError());
    const entry = this.#newEntry(queue, envelope, options);
    const local = this.#queue(queue);
    const isEarly = entry.visibleAt === 0 && local.mayGiveEarly();
    const stored = this.#commit.insert(entry, envelope, { isEarly });
    if (isEarly) this.#giveEarly(entry);
    else local.unplaced++;
    return stored;
  }

  /** Hands out a message that is not stored yet, with nothing before it that waits to be. */
  #giveEarly(entry: Entry): void {
    const local = this.#place(entry);
    queueMicrotask(() => this.#dispatch(local));
  }

  consume(queue: string, handler: Handler, options?: ConsumeOptions): Promise<Subscription> {
    if (this.#closing) return Promise.reject(closedError());
    const local = this.#queue(queue);
    const reader = new Reader(handler, options, () => local.detach(taker));
    const taker: Taker = {
      limit: reader.prefetch,
      mayBeUnstored: options?.mayBeUnstored ?? false,
      taken: 0,
      give: (entry) => reader.ending ? this.#handBack(entry) : this.#work(reader, entry),
    };
    local.attach(taker);
    this.#readers.add(reader);
    reader.closed.then(() => this.#readers.delete(reader));
    this.#dispatch(local);
    return Promise.resolve(reader);
  }

  async pull(queue: string, options: PullOptions): Promise<PulledDelivery[]> {
    if (this.#closing) throw closedError();
    const local = this.#queue(queue);
    const pull = new Pull(options, (late) => this.#handBack(late));
    local.attach(pull);
    this.#pulls.add(pull);
    this.#dispatch(local);
    const entries = await pull.entries;
    local.detach(pull);
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
    return Promise.resolve([...this.#queues].map(([queue, { ready, out, takers }]) => ({
      queue,
      ready,
      inFlight: out,
      consumers: takers,
    })));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    for (const pull of this.#pulls) pull.end();
    await Promise.all([...this.#readers].map((reader) => reader[Symbol.asyncDispose]()));
    for (const entry of this.#leased) this.#settle(entry, undefined);
    this.#isClosed = true;
    this.#alarm.clear();
    await this.#commit.close();
  }

  #work(reader: Reader, entry: Entry): void {
    try {
      reader.run(this.#deliveryOf(entry), (verdict) => this.#settle(entry, verdict));
    } catch (error) {
      log.error("A message of {queue} cannot be read; it stays in the file", { queue: entry.queue, error });
    }
  }

  #lease(entry: Entry): PulledDelivery {
    this.#leased.add(entry);
    const attempt = entry.attempts;
    const back = () => attempt === entry.attempts && this.#settle(entry, undefined);
    this.#alarm.set(Date.now() + PULL_LEASE_MS, back);
    const settle = (verdict: Verdict) => Promise.resolve(this.#settle(entry, verdict));
    return { ...this.#deliveryOf(entry), settle };
  }

  #deliveryOf(entry: Entry): Delivery {
    const envelope = entry.envelope ?? this.journal.read(entry.seq);
    return { queue: entry.queue, envelope, attempt: entry.attempts + 1 };
  }

  /** Ends a delivery: finished, or given back with one attempt more. */
  #settle(entry: Entry, verdict: Verdict | undefined): void {
    if (entry.state !== "out") return;
    this.#leased.delete(entry);
    if (verdict?.kind === "ack") return this.#finish(entry);
    entry.attempts++;
    this.#handBack(entry);
  }

  #finish(entry: Entry): void {
    const local = this.#queue(entry.queue);
    this.#drop(entry, local);
    this.#dispatch(local);
  }

  #handBack(entry: Entry): void {
    const local = this.#queue(entry.queue);
    this.#commit.giveBack(entry);
    local.giveBack(entry);
    this.#dispatch(local);
  }

  #remove(entry: Entry): void {
    if (!this.#commit.isUnstored(entry)) this.#bytes -= sizeOf(entry);
    entry.envelope = undefined;
    this.#commit.remove(entry);
  }

  #drop(entry: Entry, local: LocalQueue): void {
    local.settle(entry);
    this.#remove(entry);
  }

  #expire(entry: Entry): void {
    if (entry.state !== "ready" && entry.state !== "delayed") return;
    this.#queue(entry.queue).drop(entry);
    this.#remove(entry);
  }

  /** Hands out what can be handed out now. */
  #dispatch(local: LocalQueue): void {
    for (let entry = local.next(); entry !== undefined; entry = local.next()) {
      if (entry.expiresAt <= Date.now()) this.#drop(entry, local);
      else if (entry.claimed) entry.taker?.give(entry);
      else this.#commit.claim(entry);
    }
  }

  /** Puts an entry where it belongs: into its queue, or aside until it is due. */
  #place(entry: Entry): LocalQueue {
    const local = this.#queue(entry.queue);
    if (entry.expiresAt !== Infinity) this.#alarm.set(entry.expiresAt, () => this.#expire(entry));
    if (entry.visibleAt <= Date.now()) local.add(entry);
    else this.#alarm.set(entry.visibleAt, () => this.#comeDue(entry, local));
    return local;
  }

  #comeDue(entry: Entry, local: LocalQueue): void {
    if (entry.state !== "delayed") return;
    local.add(entry);
    this.#dispatch(local);
  }

  #stored(entries: Entry[]): void {
    const locals = new Set<LocalQueue>();
    for (const entry of entries) {
      this.#keep(entry);
      if (!isPlaced(entry)) locals.add(this.#placeStored(entry));
    }
    for (const local of locals) this.#dispatch(local);
  }

  #placeStored(entry: Entry): LocalQueue {
    const local = this.#place(entry);
    local.unplaced--;
    return local;
  }

  #refused(entries: Entry[]): void {
    for (const entry of entries) if (!isPlaced(entry)) this.#queue(entry.queue).unplaced--;
  }

  #keep(entry: Entry): void {
    this.#bytes += sizeOf(entry);
    if (this.#bytes <= this.#memoryBytes) return;
    this.#bytes -= sizeOf(entry);
    entry.envelope = undefined;
  }

  #queue(name: string): LocalQueue {
    const known = this.#queues.get(name);
    if (known) return known;
    const made = new LocalQueue();
    this.#queues.set(name, made);
    return made;
  }

  #newEntry(queue: string, envelope: Envelope, { delayMs = 0, expiresMs }: PublishOptions): Entry {
    const now = Date.now();
    return {
      seq: ++this.#lastSeq,
      queue,
      priority: envelope.priority ?? 3,
      key: envelope.key,
      visibleAt: delayMs > 0 ? now + delayMs : 0,
      expiresAt: expiresMs === undefined ? Infinity : now + expiresMs,
      envelope,
      attempts: 0,
      claimed: false,
      taker: undefined,
      state: "delayed",
    };
  }
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new ParleyError("unavailable", `The directory of the queue file ${path} cannot be made.`, {
      cause,
    });
  }
}

/** Tells whether an entry is in its queue already, because a reader was free before it was stored. */
function isPlaced(entry: Entry): boolean {
  return entry.state !== "delayed";
}

function sizeOf(entry: Entry): number {
  return entry.envelope?.body.length ?? 0;
}

function closedError(): ParleyError {
  return new ParleyError("unavailable", "The bus has been closed.");
}
