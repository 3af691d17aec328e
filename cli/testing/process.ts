/** The command line as a real process, with pipes or on a terminal, as its task starts it. */
import project from "../../deno.json" with { type: "json" };
import { inherited } from "../../tests/environment.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const [, ...TASK] = project.tasks.cli.command.replace("cli/main.ts", `${ROOT}cli/main.ts`).split(" ");
/** Where there is no .env file. */
const NOWHERE = new URL(".", import.meta.url).pathname;
/** What has not come after so many milliseconds never will: a test says so instead of hanging. */
const HOPELESS_MS = 60_000;

export interface CliOptions {
  server?: string;
  env?: Record<string, string>;
  /** Standard input; default nothing. */
  input?: string;
}

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Runs one command to its end. */
export async function cli(args: string[], options: CliOptions = {}): Promise<Outcome> {
  await using running = start(args, options);
  return await running.ended;
}

/** Runs one command whose output goes to `reader`, a shell's line; the code is the command's own, the output the reader's. */
export async function readBy(reader: string, args: string[], options: CliOptions = {}): Promise<Outcome> {
  const { program, environment: env } = commandOf(args, options);
  const line = `"$@" | ${reader}; exit "\${PIPESTATUS[0]}"`;
  const { code, stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", line, "bash", ...program],
    cwd: NOWHERE,
    env,
    clearEnv: true,
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [string, string];
  return { code, out, err };
}

/** Gives what a command is started with, for who starts it otherwise. */
export function commandOf(args: string[], { server, env = {} }: CliOptions = {}) {
  return {
    program: [Deno.execPath(), ...TASK, ...args],
    environment: { ...inherited(), TERM: "xterm", ...(server ? { PARLEY_API_URL: server } : {}), ...env },
  };
}

/** Starts a command; what it writes can be waited for. */
export function start(args: string[], options: CliOptions = {}): Running {
  const { program: [deno, ...rest], environment: env } = commandOf(args, options);
  const { input } = options;
  const process = new Deno.Command(deno!, {
    args: rest,
    cwd: NOWHERE,
    env,
    clearEnv: true,
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return new Running(process, input);
}

/** Runs one command on a terminal of `script`, whose output is both streams together. */
export function startOnTerminal(args: string[], options: CliOptions = {}): Running {
  const { program, environment: env } = commandOf(args, options);
  const quoted = program.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const process = new Deno.Command("script", {
    args: ["-qec", quoted.join(" "), "/dev/null"],
    cwd: NOWHERE,
    env,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return new Running(process);
}

/** Owns the process, and ends it when it is disposed of. */
export class Running implements AsyncDisposable {
  out = "";
  err = "";
  readonly ended: Promise<Outcome>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(readonly process: Deno.ChildProcess, input?: string) {
    const read = [
      this.#read(process.stdout, (text) => this.out += text),
      this.#read(process.stderr, (text) => this.err += text),
    ];
    this.ended = Promise.all([process.status, ...read])
      .then(([{ code }]) => ({ code, out: this.out, err: this.err }));
    this.#input = input === undefined ? undefined : process.stdin.getWriter();
    if (input !== undefined) void this.#give(input);
  }

  /** Waits until what was written so far fits. */
  async until(fits: (running: this) => boolean): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => void (fits(this) && resolve());
    const fail = (why: string) => reject(new Error(`${why}: ${this.out}\n--- errors:\n${this.err}`));
    const timer = setTimeout(() => fail("what was waited for never came"), HOPELESS_MS);
    this.#listeners.add(look);
    this.ended.then(() => (look(), fail("it ended before what was waited for came")));
    look();
    await promise.finally(() => {
      clearTimeout(timer);
      this.#listeners.delete(look);
    });
  }

  /** Presses keys on its terminal. */
  async type(keys: string): Promise<void> {
    const writer = this.process.stdin.getWriter();
    await writer.write(new TextEncoder().encode(keys));
    writer.releaseLock();
  }

  kill(signal: Deno.Signal): void {
    this.process.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.process.kill("SIGKILL");
    } catch { /* it has ended by itself */ }
    await this.ended;
    if (!this.#input) await this.#closeInput();
  }

  async #closeInput(): Promise<void> {
    try {
      await this.process.stdin.close();
    } catch { /* there is none, or it is closed */ }
  }

  async #give(input: string): Promise<void> {
    try {
      await this.#input!.write(new TextEncoder().encode(input));
      await this.#input!.close();
    } catch { /* it has ended without reading everything */ }
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>, take: (text: string) => void): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      take(text);
      for (const listener of this.#listeners) listener();
    }
  }
}
