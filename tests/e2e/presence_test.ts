/** Presence of real processes: killed, frozen, cut off, and over a restart of the server. */
import { strict as assert } from "node:assert";
import { Frontend } from "./frontend.ts";
import { SilentProxy } from "./silent_proxy.ts";
import { Tasks } from "./tasks.ts";

const ID = "agent_e2e_presence";

/** A server and an agent, with a second in which silence is found. */
class Scene extends Tasks {
  static async open(): Promise<Scene> {
    return new Scene(await Deno.makeTempDir(), { AGENT_INACTIVITY_TIMEOUT: "1" });
  }

  server(): Deno.ChildProcess {
    return this.start("start:server");
  }

  /** Resolves once the agent has gone on after it registered: it has sent its first heartbeat. */
  async hasBegun(): Promise<void> {
    await this.until(async () => {
      const { metrics, is_online } = await this.get(`/api/agents/${ID}`);
      return is_online && Object.keys(metrics).length > 0;
    });
  }

  /** Gives why the agent was shown as it was, oldest first. */
  async reasons(): Promise<string[]> {
    const { items } = await this.get(`/api/agents/${ID}/history?limit=100`);
    return items.map(({ reason }: { reason: string }) => reason).reverse();
  }

  agent(grpcPort: string | number = this.ports.grpc): Deno.ChildProcess {
    const who = ["--kind", "echo", "--name", "Presence", "--id", ID];
    return this.start("start:agent", [...who, "--server", `127.0.0.1:${grpcPort}`]);
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

Deno.test("an agent that is killed, frozen or cut off is shown offline, and online when it is back", async (t) => {
  await using scene = await Scene.open();
  scene.server();
  await using frontend = await Frontend.comeBack(scene.serverUrl, {});
  await using proxy = new SilentProxy(Number(scene.ports.grpc));
  const watcher = new Watcher(frontend);

  await t.step("killed", async () => {
    const agent = scene.agent();
    await watcher.isOnline(true);
    await scene.hasBegun();
    await scene.kill(agent);
    await watcher.isOnline(false);
    await scene.until(async () => (await scene.reasons()).at(-1) === "disconnected");
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
    const agent = scene.agent(proxy.port);
    await watcher.isOnline(true);
    proxy.pull();
    await watcher.isOnline(false);
    proxy.plug();
    await watcher.isOnline(true);
    await scene.kill(agent);
    await watcher.isOnline(false);
  });
  await t.step("ended in good order", async () => {
    const agent = scene.agent(proxy.port);
    await watcher.isOnline(true);
    await scene.hasBegun();
    assert.equal(await scene.end(agent), 0);
    await watcher.isOnline(false);
    await scene.until(async () => (await scene.reasons()).at(-1) === "unregistered");
  });
  const told = await scene.reasons();
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
  assert.ok((await scene.reasons()).includes("server restarted"));
});
