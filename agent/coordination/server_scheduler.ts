/** The scheduler of a supervisor that has a server: the server keeps its tasks, and this one hears of them. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { isTaskEnded, type NewTask, type TaskRecord } from "../../shared/model/task.ts";
import { pause, reconnectPauseMs } from "../../shared/pause.ts";
import type { TaskClient } from "../task/client.ts";
import type { ShownTask } from "../task/wire.ts";
import type { AgentMessage } from "./agent_message.ts";
import type { Scheduler, SchedulerOptions } from "./backend.ts";
import { TaskCount } from "./task_count.ts";
import { taskIdIn } from "./task_message.ts";

const log = logOf("agent", "coordination");

/** What was not heard, while the server was away, is asked for this often, in milliseconds. */
const LOOK_MS = 5_000;
/** Tasks that are asked for at once. */
const LOOKED_AT = 50;

/** `client`: gives the connection that stands now; throws `unavailable` while there is none. */
export async function openServerScheduler(
  options: SchedulerOptions,
  client: () => Promise<TaskClient>,
): Promise<Scheduler> {
  await client();
  return new ServerScheduler(options, client);
}

class ServerScheduler implements Scheduler {
  /** The supervisor's tasks that have not ended, as they were last heard of. */
  readonly #open = new Map<string, TaskRecord>();
  readonly #count = new TaskCount();
  readonly #closing = new AbortController();
  readonly #watching: Promise<void>;
  #lookedAtMs = performance.now();

  constructor(
    private readonly options: SchedulerOptions,
    private readonly client: () => Promise<TaskClient>,
  ) {
    this.#watching = this.#watch();
  }

  get figures() {
    return this.#count.figures([...this.#open.values()]);
  }

  async submit(task: NewTask): Promise<TaskRecord> {
    const client = await this.client();
    const taskId = await client.submit(requestOf(task));
    const record = recordOf(await client.get(taskId));
    if (isTaskEnded(record.status)) return record;
    if (!this.#open.has(taskId)) this.#open.set(taskId, record);
    return record;
  }

  async cancel(taskId: string): Promise<void> {
    this.#note(recordOf(await (await this.client()).cancel(taskId)));
  }

  /** Agents answer to the server; who asked by a message is told by one, too. */
  async hear(message: AgentMessage): Promise<boolean> {
    const taskId = taskIdIn(message);
    const task = taskId === undefined ? undefined : await this.find(taskId);
    if (task) this.#note(task);
    return task !== undefined;
  }

  store(): Promise<void> {
    return Promise.resolve();
  }

  async attend(): Promise<number> {
    if (this.#open.size === 0) return Infinity;
    if (performance.now() - this.#lookedAtMs < LOOK_MS) return LOOK_MS;
    this.#lookedAtMs = performance.now();
    for (const taskId of [...this.#open.keys()].slice(0, LOOKED_AT)) {
      const task = await this.find(taskId);
      const known = this.#open.get(taskId);
      if (task) this.#note(task);
      // The next ones have their turn the next time.
      else if (known) this.#open.delete(taskId);
      if (task && !isTaskEnded(task.status)) this.#moveToEnd(task);
    }
    return LOOK_MS;
  }

  async find(taskId: string): Promise<TaskRecord | undefined> {
    try {
      return recordOf(await (await this.client()).get(taskId));
    } catch (thrown) {
      if (ParleyError.from(thrown).code === "not_found") return undefined;
      throw thrown;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        const client = await this.client();
        for await (const task of client.watch({}, signal)) {
          failures = 1;
          await this.#heard(task);
        }
      } catch (thrown) {
        if (signal.aborted) return;
        log.debug("Tasks are not watched: {reason}", { reason: ParleyError.from(thrown).message });
      }
      await pause(reconnectPauseMs(failures), signal);
    }
  }

  async #heard(task: ShownTask): Promise<void> {
    if (!this.#open.has(task.task_id)) return;
    const isWhole = !task.left_out?.length || !isTaskEnded(task.status);
    const whole = isWhole ? recordOf(task) : await this.find(task.task_id);
    if (whole) this.#note(whole);
  }

  #note(task: TaskRecord): void {
    const before = this.#open.get(task.task_id);
    if (!before) return;
    if (before.status !== task.status || before.attempt !== task.attempt) this.#count.note(task);
    this.#open.set(task.task_id, task);
    if (!isTaskEnded(task.status)) return;
    this.#open.delete(task.task_id);
    this.options.onEnded(task);
  }

  #moveToEnd(task: TaskRecord): void {
    this.#open.delete(task.task_id);
    this.#open.set(task.task_id, task);
  }
}

function recordOf({ left_out: _leftOut, waiting_reason: _reason, ...task }: ShownTask): TaskRecord {
  return { ...task, forgiven_attempts: 0 };
}

/** Null is for what is not there; what is asked for leaves it out. */
function requestOf(task: NewTask): Parameters<TaskClient["submit"]>[0] {
  const given = Object.entries(task).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(given) as Parameters<TaskClient["submit"]>[0];
}
