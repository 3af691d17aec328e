/** A broker as a process of its own, for tests that end it the hard way. */

const decoder = new TextDecoder();

/** Runs `broker/main.ts` until it is told or forced to end. */
export class BrokerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: string[] = [];
  readonly #ready = Promise.withResolvers<void>();
  readonly #read: Promise<void>;

  constructor(env: Record<string, string>) {
    const main = new URL("../main.ts", import.meta.url).pathname;
    const flags = ["--allow-net", "--allow-env", "--allow-read", "--allow-sys"];
    const args = ["run", "--quiet", "--no-check", ...flags, main];
    const options = { args, env: { LOG_FORMAT: "json", ...env }, stdout: "piped", stderr: "null" } as const;
    this.#child = new Deno.Command(Deno.execPath(), options).spawn();
    this.#read = this.#readLog();
  }

  /** Resolves once messages are being routed. Rejects when the process ended first. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get log(): string {
    return this.#lines.join("");
  }

  /** Sends `signal` and waits for the end. Gives the exit code, or the signal that ended it. */
  async end(signal: Deno.Signal): Promise<number | Deno.Signal> {
    this.#child.kill(signal);
    const status = await this.#child.status;
    await this.#read;
    return status.signal ?? status.code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL").catch(() => {});
    await this.#read;
  }

  async #readLog(): Promise<void> {
    for await (const chunk of this.#child.stdout) {
      this.#lines.push(decoder.decode(chunk, { stream: true }));
      if (this.log.includes("Routing messages")) this.#ready.resolve();
    }
    this.#ready.promise.catch(() => {});
    this.#ready.reject(new Error(`The broker ended:\n${this.log}`));
  }
}
