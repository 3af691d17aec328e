/** The agent's side of its runner: starts the process, speaks with it, and notices when it dies. */
import { ConfigError } from "../../shared/config.ts";
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { atMost } from "../../shared/pause.ts";
import { AnswerWatch } from "./answer_watch.ts";
import { FrameWriter, linesOf, type RunnerEvent, type RunnerRequest } from "./frames.ts";
import type { RunnerStart } from "./runner_process.ts";

const log = logOf("agent", "runner");

/** What the agent's owner allows to run; by default nothing. */
export interface CommandRules {
  /** Programs with their arguments, such as `df -h`; a `*` at the end: any further arguments, options included. */
  allow?: readonly string[] | undefined;
  /** A policy file (see `policy.ts`); it is read when the agent starts. */
  policyFile?: string | undefined;
}

/** Tells whether `rules` let anything run. */
export function allowsAny({ allow = [], policyFile }: CommandRules): boolean {
  return allow.length > 0 || policyFile !== undefined;
}

/** The first argument by which a bundled or compiled agent is its own runner. */
export const RUNNER_ARGUMENT = "parley-runner";
/** The variable that says to a process that it is a runner, and starts none itself. */
const IS_RUNNER = "PARLEY_RUNNER";

/** How long a runner may take to end its programs when the agent ends, in milliseconds. */
const CLOSING_MS = 6_000;

/** Hears what the runner tells. */
export interface RunnerListener {
  onEvent(event: RunnerEvent): void;
  /** The runner ended, and every command in it. */
  onDeath(): void;
  /** The runner ended and cannot be started again: nothing can run any more. */
  onGone(error: ParleyError): void;
}

/** A running runner. One that dies is started again, where this process still may. */
export class RunnerClient implements AsyncDisposable {
  #listener: RunnerListener | undefined;
  #following: Promise<void>;
  /** What was asked while no runner stood. */
  #kept: RunnerRequest[] | undefined;
  #closing = false;
  readonly #watch: AnswerWatch;

  private constructor(private readonly rules: CommandRules, private process: RunnerProcess, lateMs?: number) {
    this.#watch = new AnswerWatch(() => this.process.kill("It says nothing in time."), lateMs);
    this.#following = this.#follow();
  }

  /**
   * Starts the runner of `rules`; one that says nothing `lateMs` milliseconds after a command's time is ended. Throws
   * `ConfigError` that lists the faults of what may run.
   */
  static async start(rules: CommandRules, { lateMs }: { lateMs?: number } = {}): Promise<RunnerClient> {
    return new RunnerClient(rules, await RunnerProcess.start(rules), lateMs);
  }

  /** What may run, one line each, for people. */
  get allowed(): readonly string[] {
    return this.process.allowed;
  }

  /** The id of the runner's process. */
  get pid(): number {
    return this.process.child.pid;
  }

  /** Hears everything from now on. One listener a runner. */
  listen(listener: RunnerListener): void {
    this.#listener = listener;
  }

  request(request: RunnerRequest): void {
    if (this.#kept) this.#kept.push(request);
    else this.#send(request);
  }

  #send(request: RunnerRequest): void {
    this.#watch.asked(request);
    this.process.send(request);
  }

  /** Ends every command and the process. What it says until then is heard. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.process.close();
    await this.#following;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #follow(): Promise<void> {
    do {
      await this.process.read((event) => this.#hear(event));
      this.#watch[Symbol.dispose]();
      this.#kept = [];
      await this.process.close();
      if (this.#closing) return;
      const { signal, code } = await this.process.child.status;
      log.warning("The process that runs programs ended ({how})", { how: signal ?? code });
      this.#listener?.onDeath();
    } while (await this.#startAgain());
  }

  #hear(event: RunnerEvent): void {
    this.#watch.heard(event);
    this.#listener?.onEvent(event);
  }

  async #startAgain(): Promise<boolean> {
    try {
      this.process = await RunnerProcess.start(this.rules);
    } catch (cause) {
      const sentence = "The process that runs programs ended, and this process may not start it again.";
      this.#listener?.onGone(new ParleyError("unavailable", sentence, { cause }));
      return false;
    }
    // The agent may have ended while it started.
    if (this.#closing) void this.process.close();
    for (const request of this.#kept ?? []) this.#send(request);
    this.#kept = undefined;
    return true;
  }
}

class RunnerProcess {
  readonly #events: AsyncGenerator<RunnerEvent>;
  readonly #input: FrameWriter<RunnerRequest>;
  allowed: string[] = [];

  private constructor(readonly child: Deno.ChildProcess) {
    this.#input = new FrameWriter(child.stdin);
    this.#events = eventsOf(child);
  }

  static async start(rules: CommandRules): Promise<RunnerProcess> {
    const process = new RunnerProcess(spawnAllowed(rules));
    const { value: first } = await process.#events.next();
    if (first?.is === "ready") return Object.assign(process, { allowed: first.allowed });
    await process.close();
    await process.read(() => {});
    if (first?.is === "fault") throw new ConfigError(first.message);
    throw new ParleyError(
      "unavailable",
      "The process that runs programs could not be started; its own words stand above.",
    );
  }

  /** Resolves when it says nothing more. */
  async read(onEvent: (event: RunnerEvent) => void): Promise<void> {
    for await (const event of this.#events) onEvent(event);
  }

  send(request: RunnerRequest): void {
    void this.#input.write(request);
  }

  /** Ends it at once; whoever watches over its programs ends them. */
  kill(why: string): void {
    log.error("The process that runs programs is ended: {why}", { why });
    try {
      this.child.kill("SIGKILL");
    } catch { /* it has ended */ }
  }

  /** Closes its input, and waits for it to end what it runs and then itself. */
  async close(): Promise<void> {
    void this.#input.close();
    if (!await atMost(CLOSING_MS, this.child.status)) this.child.kill("SIGKILL");
    await this.child.status;
  }
}

async function* eventsOf(child: Deno.ChildProcess): AsyncGenerator<RunnerEvent> {
  for await (const line of linesOf(child.stdout)) yield JSON.parse(line) as RunnerEvent;
}

function spawnAllowed(rules: CommandRules): Deno.ChildProcess {
  try {
    return spawnRunner(rules);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    const sentence =
      "An agent that may run commands needs --allow-run, --allow-read and --allow-env to start the process " +
      "that runs them.";
    throw new ConfigError(sentence, { cause });
  }
}

function spawnRunner({ allow = [], policyFile }: CommandRules): Deno.ChildProcess {
  // A program that did not see what it was started as would start itself again, and so on.
  if (Deno.env.get(IS_RUNNER)) {
    throw new ConfigError(
      `This process was started as a runner (${IS_RUNNER} is set), and starts none itself.`,
    );
  }
  const folder = `${temporaryFolder()}/parley-runner-${crypto.randomUUID()}`;
  const start = JSON.stringify({ allow: [...allow], policyFile, folder } satisfies RunnerStart);
  return new Deno.Command(Deno.execPath(), {
    args: argumentsFor(folder, start),
    // Deno's own telemetry and its question for a newer version would be sent from there whatever the permissions.
    env: { [IS_RUNNER]: "1", OTEL_DENO: "false", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    // An interrupt from the terminal is for the agent, which reports what it cancels before it ends the runner.
    detached: true,
  }).spawn();
}

/** Running programs, reading (programs, directories), the environment, one folder to write: and no network. */
function argumentsFor(folder: string, start: string): string[] {
  if (Deno.build.standalone) return [RUNNER_ARGUMENT, start];
  const permissions = [
    "--no-prompt",
    "--allow-run",
    "--allow-read",
    "--allow-env",
    `--allow-write=${folder}`,
    "--deny-net",
    // Code is had without that permission: by imports, and by what they would download.
    "--deny-import",
    "--no-remote",
    "--cached-only",
  ];
  const source = import.meta.url.endsWith("/agent/command/runner_client.ts");
  const entry = source ? [new URL("./runner.ts", import.meta.url).href] : [Deno.mainModule, RUNNER_ARGUMENT];
  return ["run", "--quiet", ...permissions, ...entry, start];
}

function temporaryFolder(): string {
  const named = ["TMPDIR", "TMP", "TEMP"].map((name) => Deno.env.get(name)).find(Boolean);
  return (named ?? (Deno.build.os === "windows" ? "C:\\Windows\\Temp" : "/tmp")).replace(/[\\/]+$/, "");
}
