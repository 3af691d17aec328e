/** A process of the bench that is asked for things by lines of JSON, so that what it measures is by its own clock. */
import { eachLine } from "../../tools/start/lines.ts";

type Request = { do: string; [field: string]: unknown };
type Answer = { answer: unknown } | { error: string };
/** What a process can be asked for; each gets the whole request. */
type Handlers = Record<string, (request: never) => unknown>;

/** A running helper. Disposing closes its input, at which it ends. */
export class LineProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting: ((answer: Answer) => void)[] = [];
  readonly #read: Promise<void>;

  /** `script` is a file of this folder. */
  constructor(script: string) {
    const path = new URL(script, import.meta.url).href;
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", path],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#read = eachLine(this.#child.stdout, (line) => this.#waiting.shift()?.(JSON.parse(line)))
      .then(() => this.#over());
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Has one thing done, after what was asked before, and gives its answer. Throws what it failed with. */
  async ask<T>(request: Request): Promise<T> {
    const answered = new Promise<Answer>((resolve) => this.#waiting.push(resolve));
    await this.#input.write(new TextEncoder().encode(JSON.stringify(request) + "\n"));
    const outcome = await answered;
    if ("error" in outcome) throw new Error(outcome.error);
    return outcome.answer as T;
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
    await this.#read;
  }

  #over(): void {
    for (const answer of this.#waiting.splice(0)) answer({ error: "the process has ended" });
  }
}

/** Does what the lines on standard input ask for, one after the other; ends the process when there are no more. */
export async function answerLines(handlers: Handlers): Promise<never> {
  let last = Promise.resolve();
  await eachLine(Deno.stdin.readable, (line) => {
    last = last.then(async () => console.log(JSON.stringify(await outcomeOf(handlers, JSON.parse(line)))));
  });
  Deno.exit(0);
}

async function outcomeOf(handlers: Handlers, request: Request): Promise<Answer> {
  try {
    return { answer: await handlers[request.do]!(request as never) ?? null };
  } catch (error) {
    return { error: `${request.do}: ${error instanceof Error ? error.stack : error}` };
  }
}
