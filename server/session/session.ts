/** One frontend, which outlives its connections: its frames are numbered, kept, and sent to each connection. */
import { logOf } from "../../shared/log.ts";
import { withoutInternal } from "../../shared/model/codec.ts";
import { type Message, timestamp } from "../../shared/model/message.ts";
import { DEFAULT_TENANT, type Principal } from "../../shared/model/principal.ts";
import type { FrameRow, SessionRow, SessionStore } from "../../shared/store/store.ts";
import { Recent } from "../../shared/recent.ts";
import { FrameLog } from "./frame_log.ts";

/** Frames beyond these are read from the store. */
export const IN_MEMORY = 1_000;
/** Numbers are reserved in the store by so many, so that a server that crashed never gives one out twice. */
export const RESERVED_BLOCK = 1_000;
/** Frames are told apart by what they say, so that a delivery that is tried again shows nothing twice. */
const REMEMBERED = 2_000;
/** How many frames one read of the store takes when somebody comes back. */
const PAGE = 500;
/** How many characters are sent to somebody who comes back before they have left. */
const AT_ONCE = 1_000_000;

const log = logOf("server", "session");

/** A connection of a frontend; `send` never blocks and never throws. */
export interface FrameSink {
  send(frame: string): void;
  /** Resolves when what was sent has left, or the connection is over. Gives false when it is. */
  drained(): Promise<boolean>;
  /** Ends the connection: the session is at another server now, where it goes on. */
  moved?(): void;
}

/** Somebody that messages can be delivered to: a session, or a mailbox that nobody connects to. */
export interface Reader {
  readonly id: string;
  readonly principal: Principal;
  /** Shows a message; one that was shown before, or that is the same news, shows nothing. */
  show(message: Message): void;
  /** Shows a message though it was shown before; it is not kept again. */
  showAgain(message: Message): void;
  /** Resolves once everything shown so far is kept. Throws `unavailable` when it cannot be kept now. */
  kept(): Promise<void>;
}

export interface SessionOptions {
  store: SessionStore;
  row: SessionRow;
  /** Frames kept from before, rising. */
  frames?: FrameRow[];
}

/** Use `Sessions` to open one. */
export class Session implements Reader {
  readonly principal: Principal;
  lastUsedMs = Date.now();
  readonly #store: SessionStore;
  readonly #row: SessionRow;
  readonly #log: FrameLog;
  readonly #sinks = new Set<FrameSink>();
  readonly #shown = new Recent<true>(REMEMBERED);
  #unkept: FrameRow[] = [];
  #keeping: Promise<void> | undefined;
  #seq: number;
  #reserved: number;
  /** Who shows what comes from now on: another server numbers the frames. */
  #heir: Reader | undefined;
  /** Numbers up to this one were given out by a server that crashed, and their frames may be lost. */
  readonly #doubtfulUpTo: number;

  constructor({ store, row, frames = [] }: SessionOptions) {
    this.principal = { kind: "person", id: row.frontend_id, tenantId: DEFAULT_TENANT };
    this.#store = store;
    this.#row = row;
    this.#log = new FrameLog(IN_MEMORY, frames);
    for (const frame of frames) this.#shown.set(newsOf(JSON.parse(frame.body)), true);
    const newest = frames.at(-1)?.seq ?? 0;
    this.#doubtfulUpTo = newest < row.reserved_seq ? row.reserved_seq : 0;
    this.#seq = Math.max(row.reserved_seq, newest);
    this.#reserved = this.#seq;
  }

  get id(): string {
    return this.#row.frontend_id;
  }

  get name(): string {
    return this.#row.frontend_name;
  }

  /** The number of the newest frame. */
  get seq(): number {
    return this.#seq;
  }

  get connections(): number {
    return this.#sinks.size;
  }

  show(message: Message): void {
    if (this.#heir) return this.#heir.show(message);
    const news = newsOf(message);
    if (this.#shown.has(news)) return;
    this.#shown.set(news, true);
    this.lastUsedMs = Date.now();
    this.#unkept.push(this.#send(message));
    this.#allKept().catch((cause) =>
      log.warning("Frames of {id} are not kept yet: {cause}", { id: this.id, cause })
    );
  }

  /** Shows what is not kept: a piece of a reply being written, or what was shown before. */
  showAgain(message: Message): void {
    if (this.#heir) return this.#heir.showAgain(message);
    this.#send(message);
  }

  /** Numbers no frame any more: what comes is shown by `heir`. Ends the connections, which come back elsewhere. */
  handOver(heir: Reader): void {
    this.#heir = heir;
    for (const sink of this.#sinks) sink.moved?.();
    this.#sinks.clear();
  }

  async kept(): Promise<void> {
    await this.#heir?.kept();
    await this.#allKept();
  }

  #allKept(): Promise<void> {
    if (this.#unkept.length > 0) this.#keeping ??= this.#keepSoon();
    return this.#keeping ?? Promise.resolve();
  }

  /**
   * Sends every frame after `lastSeq` to `sink`, and from then on every new one, with none lost or doubled in
   * between. `greet` is called first with whether frames are missing. Resolves when `sink` is up to date.
   */
  async resume(sink: FrameSink, lastSeq: number, greet: (gap: boolean) => void): Promise<void> {
    this.lastUsedMs = Date.now();
    greet(await this.#hasGap(lastSeq));
    let sent = lastSeq;
    for (;;) {
      const isOlder = sent < Math.min(this.#log.first - 1, this.#seq);
      const frames = isOlder ? await this.#page(sent) : this.#log.after(sent);
      // From here to `attach` nothing is waited for, so that no new frame comes in between.
      if (!isOlder && frames.length === 0) break;
      if (!await sendPaced(sink, frames)) return;
      sent = frames.at(-1)?.seq ?? this.#log.first - 1;
    }
    this.attach(sink);
  }

  /** Sends every new frame to `sink` from now on. */
  attach(sink: FrameSink): void {
    if (this.#heir) return sink.moved?.();
    this.#sinks.add(sink);
    this.lastUsedMs = Date.now();
  }

  detach(sink: FrameSink): void {
    this.#sinks.delete(sink);
    this.lastUsedMs = Date.now();
  }

  /** Writes what is not kept yet and the exact last number, so that the next server goes on with the one after it. */
  async save(): Promise<void> {
    await this.#allKept();
    const last_seen = this.#sinks.size > 0 ? timestamp() : timestamp(this.lastUsedMs);
    await this.#store.touch(this.principal, this.id, { last_seen, last_seq: this.#seq });
    this.#reserved = this.#seq;
  }

  #send(message: Message): FrameRow {
    const seq = ++this.#seq;
    if (seq > this.#reserved - RESERVED_BLOCK / 4) this.#reserve();
    const shown = withoutInternal(message);
    shown.seq = seq;
    const frame = { seq, body: JSON.stringify(shown), at: timestamp() };
    this.#log.add(frame);
    for (const sink of this.#sinks) sink.send(frame.body);
    return frame;
  }

  #reserve(): void {
    this.#reserved = this.#seq + RESERVED_BLOCK;
    this.#store.touch(this.principal, this.id, { reserved_seq: this.#reserved }).catch((cause) =>
      log.warning("Numbers for {id} could not be reserved: {cause}", { id: this.id, cause })
    );
  }

  /** Keeps everything that is shown in the same turn with one write, and whatever comes meanwhile with the next. */
  async #keepSoon(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.#unkept.length > 0) await this.#keep();
    } finally {
      this.#keeping = undefined;
    }
  }

  async #keep(): Promise<void> {
    const frames = this.#unkept;
    this.#unkept = [];
    try {
      await this.#store.addFrames(this.principal, this.id, frames);
    } catch (error) {
      this.#unkept = [...frames, ...this.#unkept];
      throw error;
    }
  }

  async #hasGap(lastSeq: number): Promise<boolean> {
    if (lastSeq >= this.#seq) return lastSeq > this.#seq;
    if (lastSeq < this.#doubtfulUpTo) return true;
    const wanted = Math.max(lastSeq, 1);
    if (this.#log.first <= wanted) return false;
    const [oldest] = await this.#store.framesAfter(this.principal, this.id, 0, 1);
    return Math.min(oldest?.seq ?? Infinity, this.#log.first) > wanted;
  }

  async #page(sent: number): Promise<FrameRow[]> {
    await this.#allKept();
    const frames = await this.#store.framesAfter(this.principal, this.id, sent, PAGE);
    const first = this.#log.first;
    return frames.filter(({ seq }) => seq < first);
  }
}

/** Sends no more at once than a reader can be expected to take. Gives false when the connection is over. */
async function sendPaced(sink: FrameSink, frames: FrameRow[]): Promise<boolean> {
  let unsent = 0;
  for (const { body } of frames) {
    sink.send(body);
    unsent += body.length;
    if (unsent < AT_ONCE) continue;
    if (!await sink.drained()) return false;
    unsent = 0;
  }
  return await sink.drained();
}

/** Names what a frame says. */
function newsOf(message: Message): string {
  const { message_id, message_type, routing_status, routing_status_message, _replay } = message;
  return `${message_id}|${message_type}|${routing_status ?? ""}|${routing_status_message ?? ""}|${
    _replay ?? ""
  }`;
}
