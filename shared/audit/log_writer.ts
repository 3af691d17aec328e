/** Brings lines from memory to the log files, behind everybody's back: nobody waits for it, and it waits for nobody. */
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import { atMost } from "../pause.ts";
import type { LogKind } from "./file_name.ts";
import { type Batch, LogBuffer } from "./log_buffer.ts";
import type { LogTarget } from "./log_folder.ts";

/** How long a line waits at most to be written with others, in milliseconds. */
const FLUSH_AFTER_MS = 500;
/** Characters that are written without waiting for more. */
const FLUSH_CHARS = 256 * 1024;
const MOST_CHARS = 8 * 1024 * 1024;
/** How long after a failure nothing is written, in milliseconds. */
const AGAIN_MS = 60_000;
/** How long disposing waits for the disk, in milliseconds. */
const CLOSE_MS = 2_000;

const log = logOf("file_log");

export interface LogWriterOptions {
  target: LogTarget;
  now: () => number;
  /** Called with how many lines are missing, once lines are written again. */
  onGap: (missing: number) => void;
  /** Called before the first lines, and before the first lines of another day. */
  onDay?: (() => Promise<void>) | undefined;
  /** Characters that wait at most; default 8 Mi. */
  mostChars?: number | undefined;
  /** Milliseconds that a line waits at most for others; default 500. */
  flushAfterMs?: number | undefined;
}

/** Disposing writes what is left, if the disk takes it within two seconds. */
export class LogWriter implements AsyncDisposable {
  readonly #options: LogWriterOptions;
  readonly #buffer: LogBuffer;
  readonly #prepared: Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;
  #stopped: { reason: string; untilMs: number } | undefined;
  #day = "";
  #written = 0;
  #dropped = 0;
  #waiting = 0;
  /** Lines dropped since it was last told. */
  #missing = 0;
  #toldSlowAtMs = -Infinity;
  #isClosed = false;

  constructor(options: LogWriterOptions) {
    this.#options = options;
    this.#buffer = new LogBuffer(options.mostChars ?? MOST_CHARS);
    this.#prepared = options.target.prepare().catch((cause) => this.#stop(cause));
  }

  /** Says why nothing, or not everything, is written; undefined where everything is. */
  get fault(): string | undefined {
    if (this.#stopped) return this.#stopped.reason;
    return this.#missing > 0
      ? `The log files are too slow: ${this.#missing} entries are missing.`
      : undefined;
  }

  /** Gives how many lines were written, were dropped, and wait. */
  get figures(): { written: number; dropped: number; waiting: number } {
    return { written: this.#written, dropped: this.#dropped, waiting: this.#waiting };
  }

  /** Takes a line; it is dropped where there is no room, or nothing can be written now. Never throws. */
  add(kind: LogKind, day: string, line: string): void {
    if (this.#isClosed || this.#rests()) return this.#drop(1);
    if (!this.#buffer.add(kind, day, line)) return this.#tooSlow();
    this.#waiting++;
    if (this.#buffer.pending >= FLUSH_CHARS) return this.#writeSoon();
    this.#writeLater();
  }

  /** Resolves once what was taken so far is written, or dropped. */
  async flush(): Promise<void> {
    await this.#prepared;
    await this.#writing;
    await (this.#writing ??= this.#write());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The second time writes what the first has to tell of a gap.
    const inTime = await atMost(CLOSE_MS, this.flush().then(() => this.flush()));
    this.#isClosed = true;
    this.#clearTimer();
    const { waiting } = this.figures;
    if (!inTime) log.warning("{waiting} entries were not written to the log files in time", { waiting });
  }

  #writeLater(): void {
    this.#timer ??= setTimeout(() => this.#writeSoon(), this.#options.flushAfterMs ?? FLUSH_AFTER_MS);
  }

  #writeSoon(): void {
    this.#clearTimer();
    // What comes while it is written is looked at when that ends.
    this.#writing ??= this.#write();
  }

  #clearTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #write(): Promise<void> {
    await this.#prepared;
    do {
      for (const batch of this.#buffer.take()) await this.#writeBatch(batch);
    } while (this.#buffer.pending >= FLUSH_CHARS);
    this.#writing = undefined;
    if (this.#missing > 0 && !this.#stopped) this.#tellGap();
    if (this.#buffer.pending > 0) this.#writeLater();
  }

  async #writeBatch(batch: Batch): Promise<void> {
    const { kind, day, lines } = batch;
    try {
      // One failure is enough to know: the other files stand on the same disk.
      if (this.#rests()) return this.#drop(lines.length);
      if (this.#stopped) await this.#options.target.prepare();
      await this.#newDay(day);
      await this.#options.target.append(kind, day, lines);
      this.#written += lines.length;
      this.#goOn();
    } catch (cause) {
      this.#drop(lines.length);
      this.#stop(cause);
    } finally {
      this.#waiting -= lines.length;
      this.#buffer.done(batch);
    }
  }

  async #newDay(day: string): Promise<void> {
    if (day <= this.#day) return;
    this.#day = day;
    await this.#options.onDay?.().catch((cause) => log.warning("Old log files stay: {cause}", { cause }));
  }

  #rests(): boolean {
    return this.#stopped !== undefined && this.#options.now() < this.#stopped.untilMs;
  }

  /** Says so once, however often it fails again. */
  #stop(cause: unknown): void {
    const reason = `Nothing is written to the log files: ${sentenceOf(cause)}`;
    if (!this.#stopped) log.warning("{reason} It is tried again every minute; messages go on.", { reason });
    this.#stopped = { reason, untilMs: this.#options.now() + AGAIN_MS };
  }

  #goOn(): void {
    if (this.#stopped) log.info("The log files are written again");
    this.#stopped = undefined;
  }

  /** Says so once a minute, however long it lasts. */
  #tooSlow(): void {
    this.#drop(1);
    const nowMs = this.#options.now();
    if (nowMs < this.#toldSlowAtMs + AGAIN_MS) return;
    this.#toldSlowAtMs = nowMs;
    log.warning("The log files are too slow; entries are dropped");
  }

  #drop(count: number): void {
    this.#dropped += count;
    this.#missing += count;
  }

  #tellGap(): void {
    const missing = this.#missing;
    this.#missing = 0;
    this.#options.onGap(missing);
  }
}

function sentenceOf(cause: unknown): string {
  const { message } = cause instanceof Error ? cause : ParleyError.from(cause);
  return `${message.replace(/\.$/, "")}.`;
}
