// A child process of a test, with what it wrote kept for the message of a failure.

import { inherited } from "../environment.ts";
import { Inbox } from "./inbox.ts";

const STOP_DEADLINE_MS = 20_000;

export interface ChildOptions {
  name: string;
  /** The program and its arguments. */
  command: string[];
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs a program with nothing of our environment but what it needs to start; ends it when disposed. */
export class Child implements AsyncDisposable {
  /** Keeps the lines of standard output. */
  readonly lines: Inbox<string>;
  readonly exited: Promise<number>;
  readonly #errors: string[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #drained: Promise<unknown>;

  constructor(readonly options: ChildOptions) {
    const [program, ...args] = options.command;
    const env = { ...inherited(), ...options.env };
    this.#process = new Deno.Command(program ?? "", {
      args,
      cwd: options.cwd,
      env,
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.lines = new Inbox(`${options.name}, standard output`);
    const { stdout, stderr, status } = this.#process;
    this.#drained = Promise.all([
      eachLine(stdout, (line) => this.lines.push(line)),
      eachLine(stderr, (line) => this.#errors.push(line)),
    ]);
    this.exited = Promise.all([status, this.#drained]).then(([{ code }]) => code);
    this.exited.then((code) => this.lines.close(`${options.name} exited with ${code}`));
  }

  /** Shows the last lines of both outputs, for people. */
  get log(): string {
    const last = (lines: string[]) => lines.slice(-40).join("\n");
    return `--- ${this.options.name}, output:\n${last(this.lines.all)}\n--- errors:\n${last(this.#errors)}`;
  }

  /** Sends SIGTERM and resolves with the exit code; kills the process and throws when it does not end in 20 s. */
  async stop(): Promise<number> {
    const timer = setTimeout(() => this.#kill("SIGKILL"), STOP_DEADLINE_MS);
    this.#kill("SIGTERM");
    const code = await this.exited;
    clearTimeout(timer);
    return code;
  }

  /** Ends the process without a chance to say good-bye. */
  async kill(): Promise<void> {
    this.#kill("SIGKILL");
    await this.exited;
  }

  /** Stops the process and throws, with what it wrote, when its exit code is not 0. */
  async [Symbol.asyncDispose](): Promise<void> {
    const code = await this.stop();
    if (code !== 0) throw new Error(`${this.options.name} ended with ${code} on SIGTERM\n${this.log}`);
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#process.kill(signal);
    } catch { /* it has ended by itself, and `exited` has its code */ }
  }
}

/** Hands each line of `stream` to `take`, until the stream ends. */
async function eachLine(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  }
  if (rest) take(rest);
}
