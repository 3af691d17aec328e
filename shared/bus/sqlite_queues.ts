/** The queues of the SQLite bus: where each message is, who gets it next, and what of it is in memory and in the file. */
import { Alarm } from "./alarm.ts";
import type { Delivery, Envelope, PublishOptions, QueueStats, Verdict } from "./bus.ts";
import { type Entry, LocalQueue, type Taker } from "./local_queue.ts";
import { GroupCommit } from "./sqlite_commit.ts";
import type { Journal } from "./sqlite_journal.ts";

/** Owns the queues and the journal. Knows nothing of readers but that they take entries. */
export class SqliteQueues {
  readonly #queues = new Map<string, LocalQueue>();
  readonly #alarm = new Alarm<() => void>((due) => due.forEach((ring) => ring()));
  readonly #commit: GroupCommit;
  #lastSeq = 0;
  #bytes = 0;

  /** Takes over what an earlier process left in `journal`; keeps `memoryBytes` of waiting bodies in memory. */
  constructor(readonly journal: Journal, readonly memoryBytes: number) {
    this.#commit = new GroupCommit(journal, {
      wouldHandOut: ({ queue, visibleAt }) => visibleAt === 0 && this.#queue(queue).wouldHandOut(),
      stored: (entries) => this.#stored(entries),
      refused: (entries) => this.#refused(entries),
    });
    for (const entry of journal.recover()) {
      this.#lastSeq = entry.seq;
      this.#place(entry);
    }
  }

  /** Adds a message. Resolves once it is stored or finished; throws `unavailable` when the disk refuses. */
  publish(queue: string, envelope: Envelope, options: PublishOptions): Promise<void> {
    const entry = this.#newEntry(queue, envelope, options);
    const local = this.#queue(queue);
    const isEarly = entry.visibleAt === 0 && local.mayGiveEarly();
    const stored = this.#commit.insert(entry, envelope, { isEarly });
    if (isEarly) this.#giveEarly(entry);
    else local.unplaced++;
    return stored;
  }

  /** Gives entries of `queue` to `taker` from now on. */
  attach(queue: string, taker: Taker): void {
    const local = this.#queue(queue);
    local.attach(taker);
    this.#dispatch(local);
  }

  /** Gives `taker` nothing more; what it has, it may still settle. */
  detach(queue: string, taker: Taker): void {
    this.#queue(queue).detach(taker);
  }

  /** Reads what an entry says, from memory or the file. Throws when the file cannot be read. */
  deliveryOf(entry: Entry): Delivery {
    const envelope = entry.envelope ?? this.journal.read(entry.seq);
    return { queue: entry.queue, envelope, attempt: entry.attempts + 1 };
  }

  stats(): QueueStats[] {
    return [...this.#queues].map(([queue, { ready, out, takers }]) => ({
      queue,
      ready,
      inFlight: out,
      consumers: takers,
    }));
  }

  /** Calls `ring` at a time, in milliseconds since 1970, unless the queues are closed before. */
  ringAt(at: number, ring: () => void): void {
    this.#alarm.set(at, ring);
  }

  /** Writes everything, and closes the journal. */
  async close(): Promise<void> {
    this.#alarm.clear();
    await this.#commit.close();
  }

  /** Ends a delivery: finished, or given back with one attempt more. */
  settle(entry: Entry, verdict: Verdict | undefined): void {
    if (entry.state !== "out") return;
    if (verdict?.kind === "ack") return this.#finish(entry);
    entry.attempts++;
    this.handBack(entry);
  }

  /** Hands out a message that is not stored yet, with nothing before it that waits to be. */
  #giveEarly(entry: Entry): void {
    const local = this.#place(entry);
    queueMicrotask(() => this.#dispatch(local));
  }

  #finish(entry: Entry): void {
    const local = this.#queue(entry.queue);
    this.#drop(entry, local);
    this.#dispatch(local);
  }

  /** Gives an entry back that nobody has worked on. */
  handBack(entry: Entry): void {
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
    if (this.#bytes <= this.memoryBytes) return;
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

/** Tells whether an entry is in its queue already, because a reader was free before it was stored. */
function isPlaced(entry: Entry): boolean {
  return entry.state !== "delayed";
}

function sizeOf(entry: Entry): number {
  return entry.envelope?.body.length ?? 0;
}
