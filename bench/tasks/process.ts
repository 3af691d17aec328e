/** Processes that say on lines of JSON when they are ready, and what they have measured. */
import { eachLine } from "../../tools/start/lines.ts";

type Line = Record<string, unknown>;

/** A running process; disposing ends it with SIGTERM. */
export class Running implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: Line[] = [];
  readonly #read: Promise<void>;
  #came = Promise.withResolvers<void>();
  #isOver = false;

  constructor(
    command: string,
    args: readonly string[],
    options: { env?: Record<string, string>; cwd?: string } = {},
  ) {
    const child = new Deno.Command(command, {
      args: [...args],
      ...options,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#child = child;
    this.#read = eachLine(child.stdout, (line) => this.#take(line)).then(() => this.#end());
  }

  /** Gives the next line of JSON. Throws when the process has ended. */
  async next(): Promise<Line> {
    while (this.#lines.length === 0 && !this.#isOver) await this.#came.promise;
    const line = this.#lines.shift();
    if (!line) throw new Error("a process of the bench ended too early");
    return line;
  }

  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch { /* It has ended. */ }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGTERM");
    await this.#child.status;
    await this.#read;
  }

  #take(line: string): void {
    if (!line.startsWith('{"bench"')) return;
    this.#lines.push(JSON.parse(line).bench);
    this.#wake();
  }

  #end(): void {
    this.#isOver = true;
    this.#wake();
  }

  #wake(): void {
    this.#came.resolve();
    this.#came = Promise.withResolvers();
  }
}
