/** One process that is kept running: started, its output printed, started again when it dies, ended when asked. */
import { deathsInRow, pauseMs } from "./backoff.ts";
import { eachLine } from "./lines.ts";

/** The exit code of a process that cannot go on until somebody changes something. */
export const CANNOT_GO_ON = 2;

export interface ProcessSpec {
  name: string;
  /** Arguments for Deno itself. */
  args: string[];
  env?: Record<string, string>;
}

interface Hooks {
  print: (line: string) => void;
  say: (line: string) => void;
}

/** Keeps one process running until `stop()`. `failed` resolves when it ends with a code after which starting again is vain. */
export class Supervised {
  readonly #spec: ProcessSpec;
  readonly #hooks: Hooks;
  readonly #stopping = new AbortController();
  #child: Deno.ChildProcess | undefined;
  readonly failed: Promise<void>;
  readonly #loop: Promise<void>;
  #fail!: () => void;

  constructor(spec: ProcessSpec, hooks: Hooks) {
    this.#spec = spec;
    this.#hooks = hooks;
    this.failed = new Promise((resolve) => this.#fail = resolve);
    this.#loop = this.#keepRunning();
  }

  get name(): string {
    return this.#spec.name;
  }

  /** Asks the process to end, and ends it by force after `graceMs`. Resolves when it is gone. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#signal("SIGTERM");
    const timer = setTimeout(() => this.kill(), graceMs);
    await this.#loop;
    clearTimeout(timer);
  }

  /** Ends the process at once. */
  kill(): void {
    this.#stopping.abort();
    this.#signal("SIGKILL");
  }

  async #keepRunning(): Promise<void> {
    for (let deaths = 0; !this.#stopping.signal.aborted;) {
      const startedAt = performance.now();
      const { code, signal } = await this.#run();
      if (this.#stopping.signal.aborted) return;
      if (code === CANNOT_GO_ON) return this.#fail();
      deaths = deathsInRow(deaths, performance.now() - startedAt);
      const pause = pauseMs(deaths);
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      this.#hooks.say(`${this.name} ${how}; starting it again in ${pause / 1000} s`);
      await this.#pause(pause);
    }
  }

  async #run(): Promise<Deno.CommandStatus> {
    const { args, env } = this.#spec;
    const child = new Deno.Command(Deno.execPath(), {
      args,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    })
      .spawn();
    this.#child = child;
    const output = [child.stdout, child.stderr].map((stream) => eachLine(stream, this.#hooks.print));
    const status = await child.status;
    this.#child = undefined;
    await Promise.allSettled(output);
    return status;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#stopping.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      }, { once: true });
    });
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.#child?.kill(signal);
    } catch {
      // It ended between the check and the signal.
    }
  }
}
