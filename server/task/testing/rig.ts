/** A task center over a real store in memory, with a clock that stands still and agents that are played by the test. */
import { type Principal, serverPrincipal } from "../../../shared/model/principal.ts";
import { newTaskSchema, type TaskRecord } from "../../../shared/model/task.ts";
import { openStore } from "../../../shared/store/open.ts";
import type { Store } from "../../../shared/store/store.ts";
import { FakeClock } from "../../presence/fake_clock.ts";
import type { Agent } from "../../roster.ts";
import type { HeldTask } from "../agent_line.ts";
import type { TaskCenter } from "../center.ts";
import { openTaskCenter } from "../open.ts";
import type { TaskWord } from "../word.ts";
import { TestQueue, TestRoster, TestStream } from "./agents.ts";
import { FaultyStore } from "./faulty_store.ts";

export const ADA: Principal = { kind: "person", id: "web_ada", tenantId: "default" };
export const SERVER = serverPrincipal("server_test");
/** What an agent says that has done its task. */
export const DONE: TaskWord = { kind: "completed", result: { pages: 3 } };
const CONFIG = { AGENT_DEFAULT_TIMEOUT: 300, AGENT_MAX_RETRIES: 3 };

export interface RigOptions {
  /** The store of a server before. */
  store?: Store;
  clock?: FakeClock;
  roster?: TestRoster;
  /** Which writes fail from the beginning. */
  faultOf?: FaultyStore["faultOf"];
}

export class Rig implements AsyncDisposable {
  readonly answers: [string, TaskRecord][] = [];
  /** Called before each answer. */
  onAnswer: () => Promise<void> = () => Promise.resolve();
  readonly queue = new TestQueue();
  center!: TaskCenter;
  #owned = new AsyncDisposableStack();

  private constructor(
    readonly store: Store,
    readonly tasks: FaultyStore,
    readonly clock: FakeClock,
    readonly roster: TestRoster,
  ) {}

  static async open({ store, clock = new FakeClock(), roster = new TestRoster(), faultOf }: RigOptions = {}) {
    await using resources = new AsyncDisposableStack();
    const opened = store ?? resources.use(await openStore("sqlite::memory:"));
    const rig = new Rig(opened, new FaultyStore(opened.tasks), clock, roster);
    if (faultOf) rig.tasks.faultOf = faultOf;
    rig.center = resources.use(
      await openTaskCenter({
        store: rig.tasks,
        roster,
        server: SERVER,
        config: CONFIG,
        queue: rig.queue,
        onAnswer: async (agentId, task) => {
          await rig.onAnswer();
          rig.answers.push([agentId, task]);
        },
        pauseMs: (failures) => failures * 10_000,
        clock,
      }),
    );
    rig.#owned = resources.move();
    return rig;
  }

  /** Asks for a task, and gives its id. Throws what refuses it. */
  async ask(asked: Partial<TaskRecord> = {}, answerTo: string | null = null): Promise<string> {
    const [submission] = await this.center.submit(ADA, [parsed(asked)], { answerTo });
    if (submission!.refusal) throw submission!.refusal;
    return submission!.kept.task.task_id;
  }

  /** Has an agent come, with a stream for tasks. */
  arrive(
    agentId: string,
    { taskTypes = ["report"], ...fields }: Partial<Agent> & { taskTypes?: string[] } = {},
    held: HeldTask[] = [],
  ): TestStream {
    this.roster.set(agentId, { isOnline: true, ...fields });
    const stream = new TestStream(taskTypes.map((taskType) => ({ taskType, mostAtOnce: 0 })));
    this.center.agents.opened(agentId, stream, held);
    return stream;
  }

  /** Has an agent be gone. */
  leave(agentId: string, stream: TestStream): void {
    this.center.agents.closed(agentId, stream);
    this.roster.set(agentId, { isOnline: false });
  }

  report(agentId: string, taskId: string, word: TaskWord, attempt?: number): Promise<TaskRecord> {
    return this.center.agents.report({ agentId, attempt }, taskId, word);
  }

  get(taskId: string): Promise<TaskRecord> {
    return this.center.get(SERVER, taskId);
  }

  /** Waits until a task is as `fits` says. */
  async until(taskId: string, fits: (task: TaskRecord) => boolean): Promise<TaskRecord> {
    const found = Promise.withResolvers<TaskRecord>();
    const send = ({ task }: { task: TaskRecord }) => fits(task) && found.resolve(task);
    const sink = { send, isBehind: false, caughtUp: () => Promise.resolve(true) };
    using _watching = this.center.watchers.add(SERVER, { taskId }, sink, [taskId]);
    return await found.promise;
  }

  status(taskId: string, status: TaskRecord["status"]): Promise<TaskRecord> {
    return this.until(taskId, (task) => task.status === status);
  }

  /** Resolves to the task once `agentId` has it, as an attempt after `after`. */
  heldBy(agentId: string, taskId: string, after = 0): Promise<TaskRecord> {
    return this.until(
      taskId,
      ({ status, agent_id, attempt }) => status === "assigned" && agent_id === agentId && attempt > after,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

/** Opens a rig with a task that `agent_1` has. */
export async function working(asked: Partial<TaskRecord> = {}) {
  const rig = await Rig.open();
  const stream = rig.arrive("agent_1");
  const taskId = await rig.ask(asked);
  await rig.heldBy("agent_1", taskId);
  return { rig, stream, taskId, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

function parsed(asked: Partial<TaskRecord>) {
  return newTaskSchema.parse({ task_type: "report", ...asked });
}

/** Resolves once what is ready to run has run, so often as one thing leads to another. */
export async function quiet(turns = 30): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
