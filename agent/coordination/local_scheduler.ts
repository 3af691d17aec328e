/** The scheduler of a supervisor that has no server: it keeps its tasks itself, and finds an agent for each. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { isTaskEnded, type NewTask, type TaskRecord } from "../../shared/model/task.ts";
import { Recent } from "../../shared/recent.ts";
import type { TaskStore } from "../../shared/store/store.ts";
import { isHeld } from "../../shared/task/transition.ts";
import type { AgentMessage } from "./agent_message.ts";
import { ArrivingTasks } from "./arriving_tasks.ts";
import type { Directory, Mail, Scheduler, SchedulerOptions, SentMessage, TaskFigures } from "./backend.ts";
import { KeptTasks } from "./kept_tasks.ts";
import { LocalAssigner } from "./local_assigner.ts";
import { LocalDecisions } from "./local_decisions.ts";
import { dueEvent, heardEvent, nextDueMs, requireOpen, sameOrThrow, taskOf } from "./local_task.ts";
import { COORDINATION_TENANT } from "./presence.ts";
import { cancellationOf, refusalMessageTo, taskIdIn } from "./task_message.ts";

const log = logOf("agent", "coordination");

/** Keys that are remembered without asking the store. */
const REMEMBERED = 10_000;
/** As long as there are tasks, the roster is looked at this often: agents of other processes come and go. */
const LOOK_MS = 1_000;

export interface LocalSchedulerOptions extends SchedulerOptions {
  mail: Mail;
  directory: Directory;
  /** Where tasks outlive their supervisor's process; undefined: nowhere. */
  store: TaskStore | undefined;
}

/** Opens the scheduler, which goes on with what the process before it has left. */
export async function openLocalScheduler(options: LocalSchedulerOptions): Promise<Scheduler> {
  const scheduler = new LocalScheduler(options);
  await scheduler.load();
  return scheduler;
}

class LocalScheduler implements Scheduler {
  readonly #tasks: KeptTasks;
  readonly #byKey = new Recent<string>(REMEMBERED);
  readonly #arriving = new ArrivingTasks();
  readonly #decisions: LocalDecisions;
  readonly #assigner: LocalAssigner;

  constructor(private readonly options: LocalSchedulerOptions) {
    const { mail, directory, store, supervisorId, onEnded } = options;
    const { firstRetryMs, silentAfterMs } = options.settings;
    const principal = { kind: "server", id: supervisorId, tenantId: COORDINATION_TENANT } as const;
    const tasks = new KeptTasks(store, principal, onEnded);
    const onChanged = (task: TaskRecord) => isHeld(task) || this.#assigner.forget(task.task_id);
    const decisions = new LocalDecisions({ tasks, firstRetryMs, onChanged });
    this.#tasks = tasks;
    this.#decisions = decisions;
    this.#assigner = new LocalAssigner({ supervisorId, silentAfterMs, mail, directory, tasks, decisions });
  }

  get figures(): TaskFigures {
    return this.#decisions.figures;
  }

  async load(): Promise<void> {
    await this.#tasks.load();
    for (const task of this.#tasks.open) {
      if (task.idempotency_key) this.#byKey.set(task.idempotency_key, task.task_id);
      // Whether it was sent is not known: then it is sent again, as the same message.
      if (task.status === "assigned") this.#assigner.tell(task);
    }
  }

  find(taskId: string): Promise<TaskRecord | undefined> {
    return this.#tasks.find(taskId);
  }

  async submit(newTask: NewTask): Promise<TaskRecord> {
    const { supervisorId: requestedBy, settings: { maxRetries } } = this.options;
    const task = taskOf(newTask, { requestedBy, maxRetries, nowMs: Date.now() });
    const known = this.#sameAs(task);
    if (known) return known;
    const arriving = this.#arriving.find(task);
    if (!arriving) return await this.#arriving.hold(task, () => this.#accept(task));
    sameOrThrow(arriving.task, task);
    return await arriving.accepted;
  }

  async #accept(task: TaskRecord): Promise<TaskRecord> {
    const parentId = task.parent_task_id;
    if (parentId !== null) requireOpen(parentId, await this.#tasks.findOfAnybody(parentId));
    const there = await this.#tasks.add(task);
    if (there) return sameOrThrow(there, task);
    if (task.idempotency_key) this.#byKey.set(task.idempotency_key, task.task_id);
    await this.#begin(task);
    return this.#tasks.get(task.task_id) ?? task;
  }

  /** What is stored is accepted, and assigned when the bus is back; otherwise whoever asks has to be told. */
  async #begin(task: TaskRecord): Promise<void> {
    try {
      await this.#assigner.begin(task);
      // A crash before this is stored has the task assigned anew, and fencing lets one of the two agents end it.
      this.store().catch((error) => log.debug("An assignment is stored later: {error}", { error }));
    } catch (thrown) {
      if (this.#tasks.isStored) return log.warning("An assignment has to wait: {reason}", reasonOf(thrown));
      // The bus may have it all the same, and an agent be done with it by now.
      if (isTaskEnded(this.#tasks.get(task.task_id)?.status ?? "pending")) return;
      this.#withdraw(task);
      throw thrown;
    }
  }

  async cancel(taskId: string): Promise<void> {
    const task = await this.find(taskId);
    if (!task) {
      throw new ParleyError("not_found", `There is no task ${taskId} of ${this.options.supervisorId}.`);
    }
    const { refusal } = this.#decisions.decide(task, { kind: "cancelled", by: this.options.supervisorId });
    if (refusal) throw refusal;
    await this.#tasks.write();
    await this.#tellOfEnd(task);
  }

  async hear(message: AgentMessage): Promise<boolean> {
    const taskId = taskIdIn(message);
    const task = taskId === undefined ? undefined : await this.find(taskId);
    if (!task) return false;
    const { refusal } = this.#decisions.decide(task, heardEvent(message));
    if (refusal) {
      this.#decisions.countRefused();
      log.info("What {agent} says of {task} does not count: {reason}", {
        agent: message.fromAgent,
        task: task.task_id,
        reason: refusal.message,
      });
      if (refusal.code === "invalid_message") await this.#refuse(message, refusal);
    }
    return true;
  }

  /** Whoever said what cannot be is told; nothing depends on it. */
  async #refuse(message: AgentMessage, refusal: ParleyError): Promise<void> {
    const told = refusalMessageTo(message, this.options.supervisorId, refusal);
    await this.options.mail.send(told.toJSON() as SentMessage).catch((error) =>
      log.warning("{agent} is not told of its mistake: {reason}", {
        agent: message.fromAgent,
        ...reasonOf(error),
      })
    );
  }

  store(): Promise<void> {
    return this.#tasks.write();
  }

  async attend(): Promise<number> {
    for (const task of this.#tasks.open) await this.#bringDue(task);
    if (this.#tasks.open.length > 0) await this.#assigner.attend();
    await this.#tasks.write();
    return this.#tasks.open.length === 0 ? Infinity : this.#pauseUntilDueMs();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tasks.write().catch((error) =>
      log.warning("What became of tasks is not stored: {reason}", reasonOf(error))
    );
    await this.#assigner.sendAll().catch(() => {});
  }

  #pauseUntilDueMs(): number {
    let dueMs = Infinity;
    for (const task of this.#tasks.open) dueMs = Math.min(dueMs, nextDueMs(task));
    return Math.max(0, Math.min(LOOK_MS, dueMs - Date.now()));
  }

  /** Gives the task that is known under the key of `task`. Throws `conflict` where its key or its id is another's. */
  #sameAs(task: TaskRecord): TaskRecord | undefined {
    const known = this.#tasks.get(this.#byKey.get(task.idempotency_key ?? "") ?? "");
    if (known && task.idempotency_key) return sameOrThrow(known, task);
    const there = this.#tasks.get(task.task_id);
    return there && sameOrThrow(there, task);
  }

  /** Was never accepted: nobody is told of its end. */
  #withdraw({ task_id, idempotency_key }: TaskRecord): void {
    this.#tasks.drop(task_id);
    this.#assigner.forget(task_id);
    if (idempotency_key) this.#byKey.delete(idempotency_key);
  }

  async #bringDue(task: TaskRecord): Promise<void> {
    const event = dueEvent(task, Date.now());
    if (!event) return;
    this.#decisions.decide(task, event);
    if (isHeld(task)) await this.#tellOfEnd(task);
  }

  /** Asks the agent of a task that has ended without it to leave off. It may have ended, so nothing depends on it. */
  async #tellOfEnd({ task_id: taskId, agent_id: to, attempt, status }: TaskRecord): Promise<void> {
    if (status === "pending" || !to) return;
    const message = cancellationOf({ taskId, attempt }, { from: this.options.supervisorId, to });
    await this.options.mail.send(message.toJSON() as SentMessage).catch((error) =>
      log.warning("{agent} is not told to leave off: {reason}", { agent: to, ...reasonOf(error) })
    );
  }
}

function reasonOf(error: unknown): { reason: string } {
  return { reason: ParleyError.from(error).message };
}
