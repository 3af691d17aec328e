/** Commands that are functions of the agent's own program: what each takes is checked before it is called. */
import { ParleyError } from "../../shared/error.ts";
import type { Command } from "../../shared/grpc/gen/agent_registration.ts";
import { logOf } from "../../shared/log.ts";
import { MOST_OUTPUT_BYTES } from "../../shared/model/command.ts";
import { BoundedOutput } from "../../shared/model/cut_middle.ts";
import { atMost } from "../../shared/pause.ts";
import type { Outcome } from "./frames.ts";

const log = logOf("agent", "command");

/** Types that mean something to every agent. */
const TAKEN = ["pause", "resume", "stop_reply", "shutdown", "shell", "script", "python"];
/** How long a function may take to notice that it is to end, in milliseconds. */
const NOTICE_MS = 1_000;

/** Checks and shapes what a command brings, as zod's schemas do. */
export interface CommandSchema<T> {
  safeParse(input: unknown):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

/** What a command's function is given besides its input. */
export interface CommandContext {
  readonly commandId: string;
  /** Aborts when the command is cancelled or has taken too long, and when the agent ends. */
  readonly signal: AbortSignal;
  /** Shows `text` at once to who watches; it stands in the result before what is returned. Never throws. */
  output(text: string): void;
}

/** Carries out a command. What it returns, a text or anything JSON can say, is the output; a throw is its failure. */
export type CommandHandler<T> = (input: T, context: CommandContext) => unknown;

type Parsed = { run: (context: CommandContext) => unknown };

export class CommandFunctions {
  readonly #functions = new Map<string, (command: Command) => Parsed>();

  readonly #strays = new Set<Promise<unknown>>();

  /** How many are still at work though their commands have ended: they did not stop when they were asked to. */
  get strays(): number {
    return this.#strays.size;
  }

  /** Lists the names, in the order in which they were added. */
  get names(): string[] {
    return [...this.#functions.keys()];
  }

  has(name: string): boolean {
    return this.#functions.has(name);
  }

  /** Adds a function. Throws `conflict` when the name is taken, `invalid_message` when it can be none. */
  add<T>(name: string, schema: CommandSchema<T>, handler: CommandHandler<T>): void {
    if (!/^[A-Za-z0-9_.:-]{1,100}$/.test(name)) {
      throw new ParleyError(
        "invalid_message",
        `'${name}' is no name of a command: 1 to 100 of A-Z a-z 0-9 _ . : -`,
      );
    }
    if (TAKEN.includes(name.toLowerCase()) || this.has(name)) {
      throw new ParleyError("conflict", `There is a command '${name}' already. Choose another name.`);
    }
    this.#functions.set(name, (command) => {
      const input = parseInput(schema, command);
      return { run: (context) => handler(input, context) };
    });
  }

  /**
   * Runs the function of `command.type` until it ends, its time is over or `cancelled` aborts. Never rejects: a fault
   * in the input, a throw and an end before its time are outcomes.
   */
  async run(command: Command, cancelled: AbortSignal, onOutput: (text: string) => void): Promise<Outcome> {
    const call = new Call(command, cancelled, onOutput);
    try {
      const { outcome, stray } = await call.outcome(this.#functions.get(command.type)!(command));
      if (stray) this.#remember(stray);
      return outcome;
    } catch (thrown) {
      return call.failure(thrown);
    }
  }

  #remember(stray: Promise<unknown>): void {
    this.#strays.add(stray);
    void stray.finally(() => this.#strays.delete(stray));
  }
}

function parseInput<T>(schema: CommandSchema<T>, { type, content, parameters }: Command): T {
  const given: unknown = content.trim() === "" ? parameters : parseJson(content);
  const first = schema.safeParse(given);
  if (first.success) return first.data;
  // Parameters are texts on the wire; where a number or a truth value is meant, it is written as JSON.
  const second = given === parameters ? schema.safeParse(readValues(parameters)) : first;
  if (second.success) return second.data;
  const faults = second.error.issues.map(({ path, message }) =>
    `${path.map(String).join(".") || "the input"}: ${message}`
  );
  throw new ParleyError("invalid_message", `The input of '${type}' has faults: ${faults.join("; ")}.`);
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new ParleyError("invalid_message", "The content is the function's input and has to be JSON.", {
      cause,
    });
  }
}

function readValues(parameters: Record<string, string>): Record<string, unknown> {
  const read = (text: string) =>
    /^(true|false|null|-?\d+(\.\d+)?([eE][+-]?\d+)?)$/.test(text) ? JSON.parse(text) : text;
  return Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, read(text)]));
}

/** One call of a function. */
class Call {
  readonly #startedAtMs = performance.now();
  readonly #output = new BoundedOutput(MOST_OUTPUT_BYTES);
  readonly #end = new AbortController();

  constructor(
    private readonly command: Command,
    private readonly cancelled: AbortSignal,
    private readonly onOutput: (text: string) => void,
  ) {}

  /** Gives what became of it and, where it did not stop when it was asked to, its work, which never rejects. */
  async outcome(parsed: Parsed): Promise<{ outcome: Outcome; stray?: Promise<unknown> }> {
    const aborted = new Promise((resolve) =>
      this.#end.signal.addEventListener("abort", resolve, { once: true })
    );
    using _timer = this.#endInTime();
    const returned = Promise.resolve().then(() => parsed.run(this.#context()));
    const settled = returned.then(() => true, () => true);
    const isOver = await Promise.race([settled, aborted.then(() => atMost(NOTICE_MS, settled))]);
    if (!isOver) return { outcome: this.#endedEarly(GOES_ON), stray: settled };
    if (this.#end.signal.aborted) return { outcome: this.#endedEarly("") };
    this.#output.append(written(await returned, this.command.type));
    return { outcome: { status: "succeeded", exitCode: 0, ...this.#soFar() } };
  }

  failure(thrown: unknown): Outcome {
    const { type } = this.command;
    if (!(thrown instanceof ParleyError)) {
      log.warning("The command {type} failed: {reason}", { type, reason: thrown });
    }
    const { code, message } = thrown instanceof ParleyError ? thrown : failed(type, thrown);
    return { status: "failed", exitCode: 1, code, message, ...this.#soFar() };
  }

  #context(): CommandContext {
    const output = (text: string) => {
      if (this.#end.signal.aborted) return;
      const shown = this.#output.bytes < MOST_OUTPUT_BYTES;
      this.#output.append(text);
      if (shown && text !== "") this.onOutput(text);
    };
    return { commandId: this.command.commandId, signal: this.#end.signal, output };
  }

  #endInTime(): Disposable {
    const end = (reason: "timed_out" | "cancelled") => this.#end.abort(reason);
    const cancel = () => end("cancelled");
    const { timeoutS } = this.command;
    const timer = timeoutS > 0 ? setTimeout(end, timeoutS * 1_000, "timed_out") : undefined;
    if (this.cancelled.aborted) cancel();
    else this.cancelled.addEventListener("abort", cancel, { once: true });
    return {
      [Symbol.dispose]: () => {
        clearTimeout(timer);
        this.cancelled.removeEventListener("abort", cancel);
      },
    };
  }

  #endedEarly(goesOn: string): Outcome {
    const timedOut = this.#end.signal.reason === "timed_out";
    return {
      status: timedOut ? "timed_out" : "cancelled",
      code: timedOut ? "timeout" : "cancelled",
      message:
        (timedOut
          ? `The command was ended: it took longer than ${this.command.timeoutS} s.`
          : "The command was cancelled.") + goesOn,
      exitCode: 0,
      ...this.#soFar(),
    };
  }

  #soFar(): Pick<Outcome, "output" | "truncatedBytes" | "executionTimeMs"> {
    const { text: output, truncatedBytes } = this.#output.cut();
    return { output, truncatedBytes, executionTimeMs: Math.round(performance.now() - this.#startedAtMs) };
  }
}

/** What a function is that has not stopped in time. */
const GOES_ON = " The agent's function did not stop when it was asked to, and may still be at work.";

/** What the function itself threw is for the agent's log: it may hold what nobody else should read. */
function failed(type: string, cause: unknown): ParleyError {
  const { code } = ParleyError.from(cause);
  const sentence = `The agent's function '${type}' failed. The agent's log has the details.`;
  return new ParleyError(code, sentence, { cause });
}

function written(value: unknown, type: string): string {
  if (typeof value === "string") return value;
  try {
    return value === undefined ? "" : JSON.stringify(value) ?? "";
  } catch (cause) {
    const sentence = `The agent's function '${type}' ended, but what it returned cannot be written as JSON ` +
      "(it holds itself, or a bigint).";
    throw new ParleyError("internal", sentence, { cause });
  }
}
