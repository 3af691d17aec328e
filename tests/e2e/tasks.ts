/** A server and an agent as their tasks start them, on ports and in a directory of their own, for tests that kill them. */
import { freePort } from "../../shared/testing/free_port.ts";
import { startTask } from "../../shared/testing/task_process.ts";
import { inherited } from "../environment.ts";

export class Tasks implements AsyncDisposable {
  readonly ports: { http: string; grpc: string } = { http: freePort(), grpc: freePort() };
  readonly #running = new Set<Deno.ChildProcess>();

  protected constructor(readonly directory: string, private readonly env: Record<string, string> = {}) {}

  get serverUrl(): string {
    return `http://127.0.0.1:${this.ports.http}`;
  }

  /** What they print is dropped. */
  protected start(task: "start:server" | "start:agent", args: string[] = []): Deno.ChildProcess {
    const env = {
      ...inherited(),
      PORT: this.ports.http,
      GRPC_PORT: this.ports.grpc,
      GRPC_HOST: "127.0.0.1",
      DATA_DIR: this.directory,
      ...this.env,
    };
    const child = startTask(task, args, env, { clearEnv: true, stdout: "null", stderr: "null" });
    this.#running.add(child);
    return child;
  }

  /** Gives what the server has at `path`. Throws what it answers otherwise. */
  async get(path: string) {
    const response = await fetch(`${this.serverUrl}${path}`);
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return JSON.parse(text);
  }

  /** Asks again until it is so, or two minutes have passed: the server may be starting or away. */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    const signal = AbortSignal.timeout(120_000);
    while (!await isSo().catch(() => false)) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async kill(child: Deno.ChildProcess): Promise<void> {
    child.kill("SIGKILL");
    await child.status;
    this.#running.delete(child);
  }

  /** Ends a process as its owner does, and gives its exit code. */
  async end(child: Deno.ChildProcess): Promise<number> {
    child.kill("SIGTERM");
    const { code } = await child.status;
    this.#running.delete(child);
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((child) => this.kill(child)));
    await Deno.remove(this.directory, { recursive: true });
  }
}
