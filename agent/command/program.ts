/** One program while it runs: started in a group of its own, read to the end, and ended with all that it started. */
import { ParleyError } from "../../shared/error.ts";
import { BoundedOutput, wholeEnd } from "../../shared/model/cut_middle.ts";
import { atMost } from "../../shared/pause.ts";
import { type Outcome, type OutputStream, withoutRunning } from "./frames.ts";
import type { Plan } from "./plan.ts";
import { MARK, ProcessTree } from "./process_tree.ts";

/** How long output may still come after everything ended, in milliseconds: who holds it open was not found. */
const LAST_OUTPUT_MS = 500;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Why a program was ended before it ended by itself. */
export type EndedBy = "cancel" | "timeout" | "stop";

export interface ProgramOptions {
  plan: Plan;
  /** Marks its processes; no other program has it. */
  mark: string;
  /** A folder that nobody else reads, for a script's text. */
  folder: () => Promise<string>;
  onStart: (group: number) => void;
  /** Takes what is printed, as long as it is within the limit. The program is read on when this resolves. */
  onOutput: (stream: OutputStream, text: string) => Promise<void>;
}

/** Runs `plan` until it ends or `end` aborts with an `EndedBy` for its reason. Never rejects. */
export async function runProgram(options: ProgramOptions, end: AbortSignal): Promise<Outcome> {
  try {
    await using file = await scriptFile(options);
    // Whoever ended it meanwhile has nothing begin.
    if (end.aborted) {
      return {
        ...withoutRunning("cancelled", "cancelled", ""),
        ...verdict(NO_END, end.reason, options.plan),
      };
    }
    const { args, script } = options.plan;
    const all = script ? args.toSpliced(script.at, 0, file.path) : args;
    return await new Program(options, spawn(options, all)).run(end);
  } catch (thrown) {
    const error = notStarted(thrown, options.plan);
    return withoutRunning("failed", error.code, error.message);
  }
}

function spawn({ plan, mark }: ProgramOptions, args: string[]): Deno.ChildProcess {
  return new Deno.Command(plan.program, {
    args,
    cwd: plan.directory,
    clearEnv: true,
    env: { ...plan.environment, [MARK]: mark },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
}

function notStarted(thrown: unknown, { program }: Plan): ParleyError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new ParleyError("internal", `${program} could not be started: ${reason}`, { cause: thrown });
}

interface ScriptFile extends AsyncDisposable {
  path: string;
}

async function scriptFile({ plan, mark, folder }: ProgramOptions): Promise<ScriptFile> {
  if (!plan.script) return { path: "", [Symbol.asyncDispose]: () => Promise.resolve() };
  const path = `${await folder()}/${mark.replace(/[^\w-]/g, "_")}`;
  await Deno.writeTextFile(path, plan.script.text, { mode: 0o600, createNew: true });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path).catch(() => {}) };
}

/** The end of a program that never began. */
const NO_END = { exitCode: 0, signal: undefined };

class Program {
  readonly #startedAtMs = performance.now();
  #endedAtMs = 0;
  readonly #output: BoundedOutput;
  readonly #tree: ProcessTree;
  #shownBytes = 0;

  constructor(private readonly options: ProgramOptions, private readonly child: Deno.ChildProcess) {
    this.#output = new BoundedOutput(options.plan.maxOutputBytes);
    this.#tree = new ProcessTree(child.pid, options.mark);
    options.onStart(child.pid);
  }

  async run(end: AbortSignal): Promise<Outcome> {
    const stop = new AbortController();
    const read = this.#readAll(stop.signal);
    const [status, endedBy] = await this.#untilEnded(end);
    // What it started and left behind ends with it.
    await this.#tree.end();
    if (!await atMost(LAST_OUTPUT_MS, read)) stop.abort();
    await read;
    return this.#outcome(status, endedBy);
  }

  /** Resolves when the program itself has ended, by itself or because it was time. */
  async #untilEnded(end: AbortSignal): Promise<[status: Deno.CommandStatus, endedBy: EndedBy | undefined]> {
    let endedBy: EndedBy | undefined;
    const endEarly = (why: EndedBy) => {
      endedBy ??= why;
      void this.#tree.end();
    };
    const onAbort = () => endEarly(end.reason as EndedBy);
    const overtime = setTimeout(endEarly, this.options.plan.timeoutMs, "timeout");
    if (end.aborted) onAbort();
    else end.addEventListener("abort", onAbort, { once: true });
    const status = await this.child.status;
    this.#endedAtMs = performance.now();
    clearTimeout(overtime);
    end.removeEventListener("abort", onAbort);
    return [status, endedBy];
  }

  async #readAll(stop: AbortSignal): Promise<void> {
    await Promise.all([this.#read("stdout", stop), this.#read("stderr", stop)]);
  }

  async #read(name: OutputStream, stop: AbortSignal): Promise<void> {
    const reader = this.child[name].getReader();
    const cancel = () => void reader.cancel().catch(() => {});
    stop.addEventListener("abort", cancel, { once: true });
    // A character may come in two pieces, and the other stream's output between them.
    let begun = new Uint8Array();
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      const bytes = value ? joined(begun, value) : begun;
      const whole = done ? bytes : wholeEnd(bytes);
      begun = bytes.slice(whole.length);
      if (whole.length > 0) await this.#take(name, whole);
      if (done) return;
    }
  }

  async #take(stream: OutputStream, bytes: Uint8Array): Promise<void> {
    this.#output.append(bytes);
    // Whatever is more than the result can hold is not shown while it runs either: the end stands in the result.
    if (this.#shownBytes >= this.options.plan.maxOutputBytes) return;
    this.#shownBytes = this.#output.bytes;
    await this.options.onOutput(stream, decoder.decode(bytes));
  }

  #outcome({ code, signal }: Deno.CommandStatus, endedBy: EndedBy | undefined): Outcome {
    const { text: output, truncatedBytes } = this.#output.cut();
    const executionTimeMs = Math.round(this.#endedAtMs - this.#startedAtMs);
    const whole = { output, truncatedBytes, exitCode: code, signal: signal ?? undefined, executionTimeMs };
    return { ...whole, ...verdict(whole, endedBy, this.options.plan) };
  }
}

function joined(first: Uint8Array<ArrayBuffer>, second: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (first.length === 0) return second;
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function verdict(
  { exitCode, signal }: Pick<Outcome, "exitCode" | "signal">,
  endedBy: EndedBy | undefined,
  { timeoutMs }: Plan,
): Pick<Outcome, "status" | "code" | "message"> {
  switch (endedBy) {
    case "cancel":
      return { status: "cancelled", code: "cancelled", message: "The command was cancelled." };
    case "stop":
      return {
        status: "cancelled",
        code: "cancelled",
        message: "The agent ended, and its commands with it.",
      };
    case "timeout":
      return {
        status: "timed_out",
        code: "timeout",
        message: `The command was ended: it took longer than ${timeoutMs / 1_000} s.`,
      };
  }
  if (signal) return { status: "failed", message: `The program was ended by ${signal}.` };
  return exitCode === 0
    ? { status: "succeeded" }
    : { status: "failed", message: `The program ended with ${exitCode}.` };
}
