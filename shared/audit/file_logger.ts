/** File logging as the user's document has it: five kinds of entries, as JSON lines in a folder for each day. */
import { ParleyError } from "../error.ts";
import { type Entry, lineOf, type LoggedMessage, messageEntry, type Stamp } from "./entry.ts";
import { firstKeptDay, isDay, type LogKind } from "./file_name.ts";
import { LogFolder, type LogTarget } from "./log_folder.ts";
import { LogWriter } from "./log_writer.ts";
import { countLogs, removeLogsBefore } from "./old_logs.ts";

const MAX_FILE_BYTES = 100 * 1024 * 1024;
const KEEP_DAYS = 30;

export interface FileLoggerOptions {
  /** Which process wrote an entry: its `source`. Default `process:` and the process's number. */
  source?: string | undefined;
  /** Bytes after which a file is followed by another; default 104,857,600. */
  maxFileBytes?: number | undefined;
  /** Whether entries of messages have their text and content; default false. */
  withBodies?: boolean | undefined;
  /** How many days are kept beside today's; older ones are removed when a day begins. Default: all are. */
  keepDays?: number | undefined;
  /** What time it is, in milliseconds since 1970. */
  now?: (() => number) | undefined;
  /** Where entries are appended in place of the folder. */
  target?: LogTarget | undefined;
  /** Characters that may wait for the disk; default 8 Mi. What is more is dropped and counted. */
  mostChars?: number | undefined;
  /** Milliseconds that an entry waits at most to be written with others; default 500. */
  flushAfterMs?: number | undefined;
}

/** What `getLogStats()` gives. Counts of entries are this process's; files and bytes are everybody's. */
export interface LogStats {
  log_dir: string;
  log_files: number;
  bytes: number;
  entries_written: number;
  entries_dropped: number;
  entries_waiting: number;
  /** Why nothing, or not everything, is written now; null where everything is. */
  fault: string | null;
}

/**
 * Takes entries and returns at once: they are written within half a second, many together. No method but the last three
 * waits for the disk, and none of the others throws. What the disk does not take in time is dropped and counted.
 */
export interface FileLogger extends AsyncDisposable {
  /** Logs what an agent did, or what became of it, to `agent_activity`. `at`: when, ISO 8601; default now. */
  logAgentActivity(agentId: string, event: string, data?: object, at?: string): void;
  /** Logs what happened to a message (`sent`, `received`, `delivered`, …) to `message_audit`. */
  logMessage(event: string, message: LoggedMessage): void;
  /** Logs what happened to a task to `task_history`; `agentId` null: nobody has it. */
  logTask(taskId: string, agentId: string | null, event: string, data?: object): void;
  /** Logs a measurement to `performance`. The parameters stand as in the user's document. */
  logPerformanceMetric(agentId: string, metric: string, value: number, unit: string): void;
  /** Logs an error to `errors`: its kind for programs, a sentence for people. Secrets do not belong here. */
  logError(agentId: string, kind: string, sentence: string, more?: object): void;
  /** Says why nothing, or not everything, is written now. */
  readonly fault: string | undefined;
  /** Resolves once everything so far is written, or could not be. */
  flush(): Promise<void>;
  /** Counts files, bytes and entries. Throws what the disk says. */
  getLogStats(): Promise<LogStats>;
  /**
   * Removes the log files of all days but today and the `daysToKeep` (default 30) before it, and gives how many those
   * were; anything else in the folder stays. Throws `invalid_message` for what is no number of days.
   */
  cleanupOldLogs(daysToKeep?: number): Promise<number>;
}

/** Begins to log to files under `folder`, made when it is not there. Disposing writes what is left. */
export function createFileLogger(folder: string, options: FileLoggerOptions = {}): FileLogger {
  return new JsonLinesLogger(folder, options);
}

class JsonLinesLogger implements FileLogger {
  readonly #writer: LogWriter;
  readonly #now: () => number;
  /** The time that was written last: under load many things happen in one millisecond. */
  #stamp: Stamp & { atMs: number; withBodies: boolean };

  constructor(private readonly folder: string, options: FileLoggerOptions) {
    const { source = `process:${Deno.pid}`, maxFileBytes = MAX_FILE_BYTES, withBodies = false } = options;
    const { keepDays, mostChars, flushAfterMs } = options;
    this.#stamp = { timestamp: "", source, atMs: NaN, withBodies };
    this.#now = options.now ?? Date.now;
    this.#writer = new LogWriter({
      target: options.target ?? new LogFolder(folder, maxFileBytes),
      now: this.#now,
      mostChars,
      flushAfterMs,
      onGap: (missing) => this.#tellGap(missing),
      onDay: keepDays === undefined ? undefined : async () => void await this.cleanupOldLogs(keepDays),
    });
  }

  get fault(): string | undefined {
    return this.#writer.fault;
  }

  logAgentActivity(agentId: string, event: string, data?: object, at?: string): void {
    const stamp = this.#stampNow();
    // Whoever knows the time of what happened has it logged under that day.
    const timestamp = at && isDay(at.slice(0, 10)) ? at : stamp.timestamp;
    const entry = { agent_id: agentId, event, data: data ?? {}, timestamp, source: stamp.source };
    this.#add("agent_activity", timestamp, entry);
  }

  logMessage(event: string, message: LoggedMessage): void {
    const stamp = this.#stampNow();
    this.#add("message_audit", stamp.timestamp, messageEntry(event, message, stamp));
  }

  logTask(taskId: string, agentId: string | null, event: string, data: object = {}): void {
    const { timestamp, source } = this.#stampNow();
    const entry = { task_id: taskId, agent_id: agentId, event, data, timestamp, source };
    this.#add("task_history", timestamp, entry);
  }

  logPerformanceMetric(agentId: string, metric: string, value: number, unit: string): void {
    const { timestamp, source } = this.#stampNow();
    this.#add("performance", timestamp, { agent_id: agentId, metric, value, unit, timestamp, source });
  }

  logError(agentId: string, kind: string, sentence: string, more: object = {}): void {
    const { timestamp, source } = this.#stampNow();
    const entry = {
      agent_id: agentId,
      error_type: kind,
      error_message: sentence,
      timestamp,
      source,
      data: more,
    };
    this.#add("errors", timestamp, entry);
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  async getLogStats(): Promise<LogStats> {
    const { files, bytes } = await countLogs(this.folder);
    const { written, dropped, waiting } = this.#writer.figures;
    return {
      log_dir: this.folder,
      log_files: files,
      bytes,
      entries_written: written,
      entries_dropped: dropped,
      entries_waiting: waiting,
      fault: this.fault ?? null,
    };
  }

  async cleanupOldLogs(daysToKeep = KEEP_DAYS): Promise<number> {
    requireDays(daysToKeep);
    return await removeLogsBefore(this.folder, firstKeptDay(this.#now(), daysToKeep));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }

  #add(kind: LogKind, timestamp: string, entry: Entry): void {
    const line = lineOf(entry);
    if (line === undefined) return this.#leaveOut(kind);
    this.#writer.add(kind, timestamp.slice(0, 10), line);
  }

  #stampNow(): Stamp & { withBodies: boolean } {
    const atMs = this.#now();
    if (atMs !== this.#stamp.atMs) {
      this.#stamp = { ...this.#stamp, atMs, timestamp: new Date(atMs).toISOString() };
    }
    return this.#stamp;
  }

  #leaveOut(kind: LogKind): void {
    const sentence =
      `An entry for ${kind} is left out: it has what JSON cannot say, such as a bigint or a circle.`;
    this.logError(this.#stamp.source, "log_entry_invalid", sentence);
  }

  #tellGap(missing: number): void {
    const sentence = `${missing} entries are missing before this one: the disk did not take them.`;
    this.logError(this.#stamp.source, "log_entries_dropped", sentence, { dropped: missing });
  }
}

function requireDays(days: number): void {
  if (Number.isInteger(days) && days >= 0) return;
  throw new ParleyError(
    "invalid_message",
    `${days} is no number of days. Allowed is a whole number from 0 on.`,
  );
}
