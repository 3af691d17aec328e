/** Where the command line writes: a person's terminal, or another program's pipe. */
import { unlessInterrupted } from "./fault.ts";
import { jsonOf, oneLine } from "./format/harmless.ts";
import { EscapeFilter } from "./format/escape_filter.ts";
import { writeAll } from "./write_all.ts";

const DEFAULT_COLUMNS = 100;
const DEFAULT_ROWS = 40;
const encoder = new TextEncoder();

export interface ScreenOptions {
  /** Of `--json`. */
  json: boolean;
  /** Of `--no-color` and `NO_COLOR`: whether colours may be shown at all. */
  colour: boolean;
  /** Ends what waits for a person, or for standard input. */
  signal: AbortSignal;
}

/** Writes to standard output and standard error, at once and in order. */
export class Screen {
  /** Whether a person reads the output. */
  readonly isTerminal = Deno.stdout.isTerminal();
  /** Whether a person can be asked. */
  readonly canAsk = Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
  /** Whether what is shown is JSON: where it was asked for, or a program reads it. */
  readonly isJson: boolean;
  readonly isColoured: boolean;

  constructor(readonly options: ScreenOptions) {
    this.isJson = options.json || !this.isTerminal;
    this.isColoured = options.colour && this.isTerminal;
  }

  get width(): number {
    return this.#size().columns;
  }

  get height(): number {
    return this.#size().rows;
  }

  out(text: string): void {
    writeAll(Deno.stdout, encoder.encode(text));
  }

  /** Says a sentence, or several on lines of their own, to whoever started this, beside the output. */
  say(sentence: string): void {
    this.err(sentence.split("\n").map(oneLine).join("\n") + "\n");
  }

  err(text: string): void {
    writeAll(Deno.stderr, encoder.encode(text));
  }

  /** Writes one JSON document: for people on several lines, for programs on one. */
  document(value: unknown): void {
    this.out(jsonOf(value, this.isTerminal ? 2 : undefined) + "\n");
  }

  /** Writes one line of JSON of many. */
  line(value: unknown): void {
    this.out(jsonOf(value) + "\n");
  }

  /** Makes what text by others goes through on its way to standard output or standard error: nothing where a program reads it. */
  filter(to: "out" | "err" = "out", { colours = true } = {}): Pick<EscapeFilter, "write" | "end"> {
    const isTerminal = to === "out" ? this.isTerminal : Deno.stderr.isTerminal();
    if (!isTerminal) return { write: (piece) => piece, end: () => "" };
    return new EscapeFilter({ colours: colours && this.options.colour });
  }

  /** Reads all of standard input as text. Throws `Interrupted`. */
  async input(): Promise<string> {
    if (Deno.stdin.isTerminal()) this.say("Reading what you type; Ctrl-D on an empty line ends it.");
    return await unlessInterrupted(new Response(Deno.stdin.readable).text(), this.options.signal);
  }

  /** Asks a person; anything but yes is no. Throws `Interrupted`. */
  async confirms(question: string): Promise<boolean> {
    this.err(`${question} [y/N] `);
    const bytes = new Uint8Array(1024);
    const length = await unlessInterrupted(Deno.stdin.read(bytes), this.options.signal);
    return /^y(es)?\s*$/i.test(new TextDecoder().decode(bytes.subarray(0, length ?? 0)));
  }

  #size(): { columns: number; rows: number } {
    try {
      const { columns, rows } = Deno.consoleSize();
      if (columns > 0 && rows > 0) return { columns, rows };
    } catch { /* no terminal to be measured */ }
    return { columns: DEFAULT_COLUMNS, rows: DEFAULT_ROWS };
  }
}
