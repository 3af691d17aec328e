/** Whatever happens in whatever order: no task is lost, none has two holders, nobody has too many, and everything ends. */
import { strict as assert } from "node:assert";
import fc from "../../shared/testing/property.ts";
import { isTaskEnded, type TaskRecord } from "../../shared/model/task.ts";
import { openStore } from "../../shared/store/open.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { TestRoster, type TestStream } from "./testing/agents.ts";
import type { Fault } from "./testing/faulty_store.ts";
import { quiet, Rig, SERVER } from "./testing/rig.ts";

const AGENTS = ["agent_0", "agent_1", "agent_2"] as const;
const MOST: Record<string, number> = { agent_0: 1, agent_1: 2, agent_2: 3 };

interface Agent {
  stream: TestStream;
  /** What it works on, with the attempt. */
  works: Map<string, number>;
}

/** Plays agents as the library does: each works on what it is given until it ends, is stopped, or is killed. */
class World implements AsyncDisposable {
  readonly agents = new Map<string, Agent>();
  readonly asked: string[] = [];
  /** The task and attempt of every end that the server said it had kept. */
  readonly completed = new Map<string, number>();
  readonly #unsure = new Map<string, number>();
  #count = 0;
  rig!: Rig;

  private constructor(readonly store: Awaited<ReturnType<typeof openStore>>) {}

  static async open(): Promise<World> {
    const world = new World(await openStore("sqlite::memory:"));
    await world.start();
    return world;
  }

  async start(clock = new FakeClock()): Promise<void> {
    this.rig = await Rig.open({ store: this.store, clock, roster: new TestRoster() });
  }

  /** Who is told that a task is not kept asks for it again when all is well: it may be. */
  async ask(priority: number, task_id = `task_${this.#count++}`): Promise<void> {
    try {
      await this.rig.ask({ task_id, priority, max_retries: 100 });
      this.asked.push(task_id);
    } catch {
      this.#unsure.set(task_id, priority);
    }
  }

  /** `isNew`: its process is another, which knows of nothing. */
  arrive(id: string, isNew: boolean): void {
    const works = isNew ? new Map<string, number>() : this.agents.get(id)?.works ?? new Map<string, number>();
    const held = [...works].map(([taskId, attempt]) => ({ taskId, attempt }));
    // Who was told to stop while it was away is told again when it says what it has.
    const stream = this.rig.arrive(id, { maxConcurrentTasks: MOST[id]! }, held);
    for (const { taskId } of stream.stopped) works.delete(taskId);
    stream.onGive = ({ task_id, attempt }) => works.set(task_id, attempt);
    const stop = stream.stop.bind(stream);
    stream.stop = (stopped) => {
      stop(stopped);
      if (works.get(stopped.taskId) === stopped.attempt) works.delete(stopped.taskId);
    };
    this.agents.set(id, { stream, works });
  }

  leave(id: string): void {
    const agent = this.agents.get(id);
    if (agent) this.rig.leave(id, agent.stream);
  }

  async end(id: string, kind: "completed" | "failed" | "returned"): Promise<void> {
    const agent = this.agents.get(id);
    const [first] = agent?.works ?? [];
    if (!agent || !first) return;
    const [taskId, attempt] = first;
    const word = kind === "completed"
      ? { kind, result: attempt } as const
      : kind === "failed"
      ? { kind, error: "no" } as const
      : { kind, reason: "no" } as const;
    try {
      await this.rig.report(id, taskId, word, attempt);
      agent.works.delete(taskId);
      if (kind !== "completed") return;
      assert.ok(
        !this.completed.has(taskId) || this.completed.get(taskId) === attempt,
        `${taskId} ended twice`,
      );
      this.completed.set(taskId, attempt);
    } catch (error) {
      if ((error as { code?: string }).code !== "unavailable") agent.works.delete(taskId);
    }
  }

  fault(fault: Fault | undefined): void {
    this.rig.tasks.faultOf = () => fault;
  }

  /** The server is killed, and another takes its place. */
  async restart(): Promise<void> {
    this.fault("dead");
    const { clock } = this.rig;
    await this.start(new FakeClock(clock.time));
    for (const agent of this.agents.values()) agent.stream.onGive = () => {};
  }

  async open(): Promise<TaskRecord[]> {
    return (await this.store.tasks.open(SERVER, 0)).map(({ task }) => task);
  }

  async check(): Promise<void> {
    const count = new Map<string, number>();
    for (const { status, agent_id, attempts } of await this.open()) {
      assert.ok(attempts.slice(0, -1).every(({ outcome }) => outcome !== null), "an older attempt goes on");
      if (status !== "pending") count.set(agent_id!, (count.get(agent_id!) ?? 0) + 1);
    }
    for (const [id, held] of count) assert.ok(held <= MOST[id]!, `${id} has ${held} of ${MOST[id]}`);
  }

  /** All is well from now on, and everybody works: then everything ends. */
  async finish(): Promise<void> {
    this.fault(undefined);
    this.rig.tasks.isBlind = false;
    for (const id of AGENTS) this.arrive(id, true);
    this.rig.roster.settle();
    for (const [taskId, priority] of this.#unsure) await this.ask(priority, taskId);
    for (let round = 0; round < 200 && (await this.open()).length > 0; round++) {
      await quiet(3);
      for (const id of AGENTS) for (let each = 0; each < 3; each++) await this.end(id, "completed");
      this.rig.clock.advance(20_000);
      for (const id of AGENTS) this.rig.center.agents.heard(id);
      await this.check();
    }
    for (const taskId of this.asked) {
      const { status } = await this.rig.get(taskId);
      assert.ok(isTaskEnded(status), `${taskId} is '${status}'`);
      assert.equal(this.completed.has(taskId) ? "completed" : status, status);
    }
    await quiet();
    const { waiting, held } = this.rig.center.figures();
    assert.deepEqual({ waiting, held }, { waiting: 0, held: 0 });
    await this.isAsFreeAsBefore();
  }

  /** Nobody's count of tasks has drifted: everybody takes as many as it could at the start. */
  async isAsFreeAsBefore(): Promise<void> {
    for (let count = 0; count < 8; count++) await this.ask(3);
    await quiet(60);
    const held = (await this.open()).filter(({ status }) => status !== "pending").length;
    assert.equal(held, 6);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rig[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
  }
}

type Step = (world: World) => Promise<unknown> | void;

const agent = fc.constantFrom(...AGENTS);
const step: fc.Arbitrary<[string, Step]> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.integer({ min: 1, max: 5 }).map((p): [string, Step] => [`ask ${p}`, (w) => w.ask(p)]),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(agent, fc.boolean()).map(([id, isNew]): [string, Step] => [
      `${id} ${isNew ? "starts" : "comes back"}`,
      (w) => w.arrive(id, isNew),
    ]),
  },
  { weight: 2, arbitrary: agent.map((id): [string, Step] => [`${id} leaves`, (w) => w.leave(id)]) },
  {
    weight: 6,
    arbitrary: fc.tuple(agent, fc.constantFrom("completed", "failed", "returned" as const)).map((
      [id, kind],
    ): [string, Step] => [`${id} ${kind}`, (w) => w.end(id, kind as "completed")]),
  },
  { weight: 3, arbitrary: fc.constant<[string, Step]>(["quiet", () => quiet(2)]) },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 1, max: 40_000 }).map((ms): [string, Step] => [
      `${ms} ms`,
      (w) => w.rig.clock.advance(ms),
    ]),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Fault | undefined>("before", "after", undefined).map((
      fault,
    ): [string, Step] => [
      `fault ${fault}`,
      (w) => w.fault(fault),
    ]),
  },
  {
    weight: 1,
    arbitrary: fc.nat(9).map((n): [string, Step] => [
      `cancel ${n}`,
      (w) => w.rig.center.cancel(`task_${n}`, "web_ada").catch(() => {}),
    ]),
  },
  { weight: 1, arbitrary: fc.constant<[string, Step]>(["settle", (w) => w.rig.roster.settle()]) },
  { weight: 1, arbitrary: fc.constant<[string, Step]>(["restart", (w) => w.restart()]) },
);

Deno.test("tasks survive any sequence of events", async () => {
  const numRuns = Number(Deno.env.get("PROPERTY_RUNS") ?? 20);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      await using world = await World.open();
      try {
        for (const [, run] of steps) {
          void run(world);
          await quiet(1);
          await world.check();
        }
        await world.finish();
      } catch (error) {
        throw new Error(steps.map(([name]) => name).join("; "), { cause: error });
      }
    }),
    { numRuns, interruptAfterTimeLimit: 60_000 },
  );
});
