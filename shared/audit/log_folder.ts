/** The folder of the log files, as it stands on the disk: appended to by any number of processes at the same time. */
import { ParleyError } from "../error.ts";
import { pause } from "../pause.ts";
import { fileNameOf, type LogKind } from "./file_name.ts";

/** Files may be read by who runs the process, and by nobody else. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
/** How many files' numbers are remembered; forgetting them costs a look at each file of the day. */
const MOST_NUMBERS = 50;
const LINE_FEED = 0x0a;
/** How long a file that is being written stands still at most, in milliseconds: far longer than a page takes. */
const GROWS_MS = 10;

const encoder = new TextEncoder();

/** Where entries are appended; a test may bring its own. */
export interface LogTarget {
  /** Makes the folder if it is not there. Throws when it cannot be written to. */
  prepare(): Promise<void>;
  /** Appends whole lines to a day's file of one kind. Throws what the disk says; then some of them may stand there. */
  append(kind: LogKind, day: string, lines: readonly string[]): Promise<void>;
}

/**
 * Nothing is ever renamed, so nobody writes to a file that another has moved: who finds a file full goes on with the
 * next number. Each piece is one write to a file opened for appending, which the system carries out as a whole and after
 * all others; so lines of several processes stand one after the other. A file may become larger than `maxBytes` by what
 * others append at the same moment. No file is kept open: one that is removed, with its folder, is made again.
 */
export class LogFolder implements LogTarget {
  readonly #numbers = new Map<string, number>();

  constructor(readonly path: string, readonly maxBytes: number) {}

  async prepare(): Promise<void> {
    for (const name of ["read", "write"] as const) {
      // Asked before it is tried: on a terminal, trying would stop and ask the person there.
      const { state } = await Deno.permissions.query({ name, path: this.path });
      if (state !== "granted") throw notAllowed(name, this.path);
    }
    await Deno.mkdir(this.path, { recursive: true, mode: FOLDER_MODE });
  }

  async append(kind: LogKind, day: string, lines: readonly string[]): Promise<void> {
    let [left, number] = [lines, this.#numberOf(kind, day)];
    while (left.length > 0) {
      const count = await this.#appendTo(number, { kind, day, lines: left });
      if (count === 0) this.#remember(kind, day, ++number);
      else left = left.slice(count);
    }
  }

  /** Gives how many of the lines the file took: as many as fit, and one at least where it has none. */
  async #appendTo(number: number, { kind, day, lines }: Piece): Promise<number> {
    using file = await this.#open(day, fileNameOf(kind, day, number));
    const { size } = await file.stat();
    const count = fitting(lines, this.maxBytes - size, size === 0 ? 1 : 0);
    if (count === 0) return 0;
    const text = (count < lines.length ? lines.slice(0, count) : lines).join("");
    await writeWhole(file, encoder.encode(await endsInALine(file) ? text : `\n${text}`));
    return count;
  }

  async #open(day: string, name: string): Promise<Deno.FsFile> {
    const folder = `${this.path}/${day}`;
    const options = { read: true, append: true, create: true, mode: FILE_MODE };
    try {
      return await Deno.open(`${folder}/${name}`, options);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      return await Deno.open(`${folder}/${name}`, options);
    }
  }

  #numberOf(kind: LogKind, day: string): number {
    return this.#numbers.get(fileNameOf(kind, day)) ?? 0;
  }

  #remember(kind: LogKind, day: string, number: number): void {
    if (this.#numbers.size >= MOST_NUMBERS) this.#numbers.clear();
    this.#numbers.set(fileNameOf(kind, day), number);
  }
}

interface Piece {
  kind: LogKind;
  day: string;
  lines: readonly string[];
}

/** Bytes that a character of a text takes at most. */
const MOST_BYTES = 3;

/** Gives how many of the first lines there is room for in so many bytes, and no less than `least`. */
function fitting(lines: readonly string[], room: number, least: number): number {
  if (lines.reduce((sum, { length }) => sum + length, 0) * MOST_BYTES <= room) return lines.length;
  let [count, left] = [0, room];
  while (count < lines.length) {
    left -= encoder.encode(lines[count]).length;
    if (left < 0 && count >= least) break;
    count++;
  }
  return count;
}

/**
 * Tells whether what is appended begins a line: a disk that was full may have cut off the last one. While another process
 * appends, a file is seen to grow page by page; so a line counts as cut off only in a file that does not grow.
 */
async function endsInALine(file: Deno.FsFile): Promise<boolean> {
  for (let before = -1;;) {
    const { size } = await file.stat();
    if (size === 0 || await byteAt(file, size - 1) === LINE_FEED) return true;
    if (size === before) return false;
    before = size;
    await pause(GROWS_MS);
  }
}

async function byteAt(file: Deno.FsFile, position: number): Promise<number | undefined> {
  const byte = new Uint8Array(1);
  await file.seek(position, Deno.SeekMode.Start);
  return await file.read(byte) === 1 ? byte[0] : undefined;
}

/** Writes everything at once. The system takes less only where it has no more room, which the second write is told. */
async function writeWhole(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await file.write(rest));
}

function notAllowed(what: "read" | "write", path: string): ParleyError {
  return new ParleyError(
    "forbidden",
    `This process may not ${what} ${path}. Start it with --allow-${what}=${path}`,
  );
}
