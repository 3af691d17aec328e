/** Presence of real processes: killed, frozen, cut off, and over a restart of the server. */
import { strict as assert } from "node:assert";
import project from "../../deno.json" with { type: "json" };
import { freePort } from "../../shared/testing/task_process.ts";
import { inherited } from "../environment.ts";
import { Frontend } from "./frontend.ts";
import { SilentProxy } from "./silent_proxy.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const ID = "agent_e2e_presence";

/** A server and an agent, with a second in which silence is found. */
class Scene implements AsyncDisposable {
  readonly #env: Record<string, string>;
  readonly #processes = new Set<Deno.ChildProcess>();

  private constructor(private readonly directory: string, readonly ports: { http: string; grpc: string }) {
    this.#env = {
      ...inherited(),
      PORT: ports.http,
      GRPC_PORT: ports.grpc,
      GRPC_HOST: "127.0.0.1",
      DATA_DIR: directory,
      AGENT_INACTIVITY_TIMEOUT: "1",
    };
  }

  static async open(): Promise<Scene> {
    return new Scene(await Deno.makeTempDir(), { http: freePort(), grpc: freePort() });
  }

  get serverUrl(): string {
    return `http://127.0.0.1:${this.ports.http}`;
  }

  server(): Deno.ChildProcess {
    return this.#start("start:server", []);
  }

  agent(grpcPort: string | number = this.ports.grpc): Deno.ChildProcess {
    const who = ["--kind", "echo", "--name", "Presence", "--id", ID];
    return this.#start("start:agent", [...who, "--server", `127.0.0.1:${grpcPort}`]);
  }

  #start(task: "start:server" | "start:agent", args: string[]): Deno.ChildProcess {
    const [, ...command] = project.tasks[task].command.split(" ");
    const child = new Deno.Command(Deno.execPath(), {
      args: [...command, ...args],
      cwd: ROOT,
      env: this.#env,
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#processes.add(child);
    return child;
  }

  async kill(child: Deno.ChildProcess): Promise<void> {
    child.kill("SIGKILL");
    await child.status;
    this.#processes.delete(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#processes].map((child) => this.kill(child)));
    await Deno.remove(this.directory, { recursive: true });
  }
}

/** Waits until the frontend is told next that the agent is online, or offline. */
class Watcher {
  /** Far more than a second, in which silence is found here, and far less than anything else takes. */
  static readonly limitMs = 6_000;
  #from = 0;

  constructor(readonly frontend: Frontend) {}

  async isOnline(is_online: boolean): Promise<string> {
    const frame = await this.frontend.frame(
      (frame) => this.frontend.frames.indexOf(frame) >= this.#from && agentIn(frame)?.is_online === is_online,
      is_online ? undefined : Watcher.limitMs,
    );
    this.#from = this.frontend.frames.indexOf(frame) + 1;
    return agentIn(frame)!.last_seen;
  }
}

interface Shown {
  agent_id: string;
  is_online: boolean;
  last_seen: string;
}

function agentIn(frame: Record<string, unknown>): Shown | undefined {
  return (frame.agents as Shown[] | undefined)?.find(({ agent_id }) => agent_id === ID);
}

async function reasons(scene: Scene): Promise<string[]> {
  const response = await fetch(`${scene.serverUrl}/api/agents/${ID}/history?limit=100`);
  const { items } = await response.json() as { items: { reason: string }[] };
  return items.map(({ reason }) => reason).reverse();
}

Deno.test("an agent that is killed, frozen or cut off is shown offline, and online when it is back", async (t) => {
  await using scene = await Scene.open();
  scene.server();
  await using frontend = await Frontend.comeBack(scene.serverUrl, {});
  await using proxy = new SilentProxy(Number(scene.ports.grpc));
  const watcher = new Watcher(frontend);

  await t.step("killed", async () => {
    const agent = scene.agent();
    await watcher.isOnline(true);
    await scene.kill(agent);
    await watcher.isOnline(false);
  });
  await t.step("frozen, and thawed", async () => {
    const agent = scene.agent();
    await watcher.isOnline(true);
    agent.kill("SIGSTOP");
    await watcher.isOnline(false);
    agent.kill("SIGCONT");
    await watcher.isOnline(true);
    await scene.kill(agent);
    await watcher.isOnline(false);
  });
  await t.step("cut off, and plugged in again", async () => {
    scene.agent(proxy.port);
    await watcher.isOnline(true);
    proxy.pull();
    await watcher.isOnline(false);
    proxy.plug();
    await watcher.isOnline(true);
  });
  const told = await reasons(scene);
  assert.ok(told.filter((reason) => reason === "disconnected" || reason === "timed out").length >= 3);
});

Deno.test("over a server that is killed, an agent is shown offline since then, and comes back with its id", async () => {
  await using scene = await Scene.open();
  const server = scene.server();
  const agent = await (async () => {
    await using frontend = await Frontend.comeBack(scene.serverUrl, {});
    const started = scene.agent();
    await new Watcher(frontend).isOnline(true);
    return started;
  })();
  // The agent stands still while the server is away, so that it is not back before anybody looks.
  agent.kill("SIGSTOP");
  await scene.kill(server);
  const killedAt = new Date().toISOString();
  scene.server();
  await using frontend = await Frontend.comeBack(scene.serverUrl, {});
  const watcher = new Watcher(frontend);
  assert.ok(await watcher.isOnline(false) <= killedAt);
  agent.kill("SIGCONT");
  await watcher.isOnline(true);
  assert.ok((await reasons(scene)).includes("server restarted"));
});
