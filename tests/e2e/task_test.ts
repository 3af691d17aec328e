/** Tasks between real processes that are killed in the middle: each completes, exactly once as seen by who asked for it. */
import { strict as assert } from "node:assert";
import { TaskClient } from "../../agent/task/client.ts";
import type { ShownTask } from "../../agent/task/wire.ts";
import { Metadata } from "@grpc/grpc-js";
import { CHANNEL_OPTIONS, dialCredentials } from "../../shared/grpc/channel.ts";
import { TaskServiceClient } from "../../shared/grpc/gen/task.ts";
import { isTaskEnded } from "../../shared/model/task.ts";
import { inherited } from "../environment.ts";
import { Tasks } from "./tasks.ts";

const MANY = 200;
const WORKER = new URL("task_worker.ts", import.meta.url).pathname;

class Scene extends Tasks {
  readonly address = `127.0.0.1:${this.ports.grpc}`;
  readonly #client = new TaskServiceClient(this.address, dialCredentials(), CHANNEL_OPTIONS);
  readonly client = new TaskClient({ client: this.#client, metadata: () => new Metadata() });
  readonly #workers = new Set<Deno.ChildProcess>();
  readonly #watching = new AbortController();
  /** Every end that was told, by task; the same end may be told again by a server that was restarted. */
  readonly ends = new Map<string, ShownTask[]>();
  #watched: Promise<void> = Promise.resolve();

  static async open(): Promise<Scene> {
    const scene = new Scene(await Deno.makeTempDir());
    await scene.server();
    scene.#watched = scene.#watch();
    return scene;
  }

  async server(): Promise<Deno.ChildProcess> {
    const server = this.start("start:server");
    await this.until(async () => Boolean(await this.get("/healthz")));
    this.running = server;
    return server;
  }

  running!: Deno.ChildProcess;

  async worker(id: string, workMs = 50): Promise<Deno.ChildProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-prompt", WORKER, this.address, id, String(workMs)],
      env: inherited(),
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#workers.add(child);
    await this.until(async () => (await this.get(`/api/agents/${id}`)).is_online);
    return child;
  }

  override async kill(child: Deno.ChildProcess): Promise<void> {
    this.#workers.delete(child);
    await super.kill(child);
  }

  override async end(child: Deno.ChildProcess): Promise<number> {
    this.#workers.delete(child);
    return await super.end(child);
  }

  async ask(count: number): Promise<string[]> {
    const asked = Array.from({ length: count }, (_, number) => ({
      task_id: `task_number${number}`,
      task_type: "count",
      parameters: { number },
    }));
    const ids = await this.client.submitAll(asked);
    return ids.map((id) => {
      if (typeof id !== "string") throw id;
      return id;
    });
  }

  /** Resolves once at least so many, of up to 100, have completed: asked of the server, as a watcher is not told what ended while it was away. */
  haveCompleted(count: number): Promise<void> {
    return this.until(async () =>
      (await this.client.list({ statuses: ["completed"], limit: count })).items.length >= count
    );
  }

  /** Resolves once a task is under way. */
  isUnderWay(): Promise<void> {
    return this.until(async () => (await this.client.list({ statuses: ["in_progress"] })).items.length > 0);
  }

  async complete(ids: string[]): Promise<void> {
    const signal = AbortSignal.timeout(120_000);
    await Promise.all(ids.map(async (taskId, number) => {
      const task = await this.client.ended(taskId, signal);
      assert.equal(task.status, "completed", task.error ?? "");
      assert.equal((task.result as { number: number }).number, number);
      assert.equal(task.attempts.filter(({ outcome }) => outcome === "completed").length, 1);
      const told = new Set(
        (this.ends.get(taskId) ?? []).map(({ attempt, result }) => JSON.stringify([attempt, result])),
      );
      assert.ok(told.size <= 1, `${taskId} ended as ${[...told].join(" and ")}`);
    }));
    const { items } = await this.client.list({ statuses: ["pending", "assigned", "in_progress"] });
    assert.deepEqual(items, []);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.#watching.abort();
    await this.#watched;
    this.#client.close();
    await Promise.all([...this.#workers].map((child) => this.kill(child)));
    await super[Symbol.asyncDispose]();
  }

  async #watch(): Promise<void> {
    for await (const task of this.client.watch({ onlyEnded: true }, this.#watching.signal)) {
      if (isTaskEnded(task.status)) this.ends.set(task.task_id, [...this.ends.get(task.task_id) ?? [], task]);
    }
  }
}

Deno.test("an agent is killed in the middle of a task: another has it at once, and completes it", async () => {
  await using scene = await Scene.open();
  const first = await scene.worker("agent_first", 600_000);
  const [taskId] = await scene.ask(1);
  await scene.isUnderWay();
  await scene.worker("agent_second", 1);
  await scene.kill(first);
  await scene.complete([taskId!]);
  const { attempts } = await scene.client.get(taskId!);
  assert.deepEqual(attempts.map(({ agent_id, outcome }) => [agent_id, outcome]), [
    ["agent_first", "lost"],
    ["agent_second", "completed"],
  ]);
});

Deno.test("the server is killed in the middle: the agent works on, and its result is kept by the next", async () => {
  await using scene = await Scene.open();
  await scene.worker("agent_first", 3_000);
  const [taskId] = await scene.ask(1);
  await scene.isUnderWay();
  await scene.kill(scene.running);
  await scene.server();
  await scene.complete([taskId!]);
  assert.equal((await scene.client.get(taskId!)).attempt, 1);
});

Deno.test("server and agent are killed together: whoever comes back completes the task", async () => {
  await using scene = await Scene.open();
  const worker = await scene.worker("agent_first", 600_000);
  const [taskId] = await scene.ask(1);
  await scene.isUnderWay();
  await Promise.all([scene.kill(scene.running), scene.kill(worker)]);
  await scene.server();
  await scene.worker("agent_first", 1);
  await scene.complete([taskId!]);
  assert.equal((await scene.client.get(taskId!)).attempt, 2);
});

Deno.test("an agent that is asked to end finishes what is short, and others have the rest", async () => {
  await using scene = await Scene.open();
  const leaving = await scene.worker("agent_first", 500);
  const ids = await scene.ask(20);
  await scene.isUnderWay();
  assert.equal(await scene.end(leaving), 0);
  await scene.worker("agent_second", 1);
  await scene.complete(ids);
  for (const taskId of ids) {
    const { attempts } = await scene.client.get(taskId);
    assert.ok(attempts.every(({ outcome }) => outcome === "completed" || outcome === "lost"));
  }
});

Deno.test(`${MANY} tasks while agents and the server are killed: every one completes exactly once`, async () => {
  await using scene = await Scene.open();
  const first = await scene.worker("agent_first", 40);
  const second = await scene.worker("agent_second", 40);
  const ids = await scene.ask(MANY);
  await scene.haveCompleted(20);
  await scene.kill(first);
  await scene.haveCompleted(50);
  await scene.kill(scene.running);
  await scene.server();
  await scene.worker("agent_third", 40);
  await scene.haveCompleted(90);
  await Promise.all([scene.kill(scene.running), scene.kill(second)]);
  await scene.server();
  await scene.worker("agent_first", 10);
  await scene.complete(ids);
});
