/** What waits to be written to the log files: bounded, since a disk that is slow must not fill the memory. */
import type { LogKind } from "./file_name.ts";

/** Lines for one file. */
export interface Batch {
  kind: LogKind;
  day: string;
  lines: string[];
  /** Characters of all lines. */
  size: number;
}

/** Takes up to `mostChars` characters that have not been written, those being written included. */
export class LogBuffer {
  #batches = new Map<string, Batch>();
  #pending = 0;
  #taken = 0;

  constructor(private readonly mostChars: number) {}

  /** Gives how many characters wait, without what is being written. */
  get pending(): number {
    return this.#pending;
  }

  /** Tells whether there was room for the line. */
  add(kind: LogKind, day: string, line: string): boolean {
    if (this.#pending + this.#taken + line.length > this.mostChars) return false;
    const key = kind + day;
    let batch = this.#batches.get(key);
    if (!batch) this.#batches.set(key, batch = { kind, day, lines: [], size: 0 });
    batch.lines.push(line);
    batch.size += line.length;
    this.#pending += line.length;
    return true;
  }

  /** Gives all that waits, to be written; its room is free again once it is `done`. */
  take(): Batch[] {
    const batches = [...this.#batches.values()];
    this.#batches = new Map();
    this.#taken += this.#pending;
    this.#pending = 0;
    return batches;
  }

  /** Notes that a batch is written, or given up. */
  done({ size }: Batch): void {
    this.#taken -= size;
  }
}
