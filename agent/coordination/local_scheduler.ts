/** The scheduler of a supervisor that has no server: it keeps its tasks itself, and finds an agent for each. */
import { retryDelayMs } from "../../shared/bus/retry_policy.ts";
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { isTaskEnded, type NewTask, type TaskRecord } from "../../shared/model/task.ts";
import { Recent } from "../../shared/recent.ts";
import type { TaskStore } from "../../shared/store/store.ts";
import { choose, type Worker } from "../../shared/task/choice.ts";
import { decide, isHeld, type TaskEvent } from "../../shared/task/transition.ts";
import { AgentMessage } from "./agent_message.ts";
import { ArrivingTasks } from "./arriving_tasks.ts";
import type { AgentInfo, Directory, Mail, Scheduler, SchedulerOptions, SentMessage } from "./backend.ts";
import { KeptTasks } from "./kept_tasks.ts";
import {
  dueEvent,
  heardEvent,
  inOrder,
  lossOf,
  needsOf,
  nextDueMs,
  requireOpen,
  sameOrThrow,
  taskOf,
  workersOf,
} from "./local_task.ts";
import { COORDINATION_TENANT } from "./presence.ts";
import { TaskCount } from "./task_count.ts";
import { UnsentAssignments } from "./unsent.ts";
import { refusalMessageTo, requestMessageOf } from "./task_message.ts";
import { MessageType } from "./vocabulary.ts";

const log = logOf("agent", "coordination");

/** Keys that are remembered without asking the store. */
const REMEMBERED = 10_000;
/** As long as there are tasks, the roster is looked at this often: agents of other processes come and go. */
const LOOK_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

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
  readonly #unsent: UnsentAssignments;
  readonly #lastGiven = new Map<string, number>();
  readonly #count = new TaskCount();
  #given = 0;

  constructor(private readonly options: LocalSchedulerOptions) {
    const { mail, store, supervisorId: id, onEnded } = options;
    this.#unsent = new UnsentAssignments(mail);
    this.#tasks = new KeptTasks(store, { kind: "server", id, tenantId: COORDINATION_TENANT }, onEnded);
  }

  get figures() {
    return this.#count.figures(this.#tasks.open);
  }

  async load(): Promise<void> {
    await this.#tasks.load();
    for (const task of this.#tasks.open) {
      if (task.idempotency_key) this.#byKey.set(task.idempotency_key, task.task_id);
      // Whether it was sent is not known: then it is sent again, as the same message.
      if (task.status === "assigned") this.#unsent.set(task.task_id, this.#requestFor(task));
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
      await this.#assign([task]);
      await this.#unsent.send(task.task_id);
      // A crash before this is stored has the task assigned anew, and fencing lets one of the two agents end it.
      this.store().catch((error) => log.debug("An assignment is stored later: {error}", { error }));
    } catch (thrown) {
      if (this.#tasks.isStored) return log.warn("An assignment has to wait: {reason}", reasonOf(thrown));
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
    const { refusal } = this.#decide(task, { kind: "cancelled", by: this.options.supervisorId });
    if (refusal) throw refusal;
    await this.#tasks.write();
    await this.#tellOfEnd(task);
  }

  async hear(message: AgentMessage): Promise<boolean> {
    const task = await this.#taskOf(message);
    if (!task) return false;
    const { refusal } = this.#decide(task, heardEvent(message));
    if (refusal) {
      this.#count.refused += 1;
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
      log.warn("{agent} is not told of its mistake: {reason}", {
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
    if (this.#tasks.open.length > 0) await this.#assignWaiting();
    await this.#tasks.write();
    return this.#tasks.open.length === 0 ? Infinity : this.#pauseUntilDueMs();
  }

  async #assignWaiting(): Promise<void> {
    const agents = await this.options.directory.list();
    this.#takeFromTheLost(agents);
    await this.#assign(inOrder(this.#tasks.open, Date.now()), agents);
    await this.#unsent.sendAll().catch((error) =>
      log.warn("An assignment waits for the bus: {reason}", reasonOf(error))
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tasks.write().catch((error) =>
      log.warn("What became of tasks is not stored: {reason}", reasonOf(error))
    );
    await this.#unsent.sendAll().catch(() => {});
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
    this.#unsent.delete(task_id);
    if (idempotency_key) this.#byKey.delete(idempotency_key);
  }

  async #taskOf({ content, further }: AgentMessage): Promise<TaskRecord | undefined> {
    const taskId = further.task_id ?? content.task_id;
    return typeof taskId === "string" ? await this.find(taskId) : undefined;
  }

  async #bringDue(task: TaskRecord): Promise<void> {
    const event = dueEvent(task, Date.now());
    if (!event) return;
    this.#decide(task, event);
    if (isHeld(task)) await this.#tellOfEnd(task).catch(() => {});
  }

  #takeFromTheLost(agents: readonly AgentInfo[]): void {
    const byId = new Map(agents.map((agent) => [agent.agentId, agent]));
    const { silentAfterMs } = this.options.settings;
    for (const task of this.#tasks.open.filter(isHeld)) {
      const reason = lossOf(task, byId.get(task.agent_id!), { nowMs: Date.now(), silentAfterMs });
      if (reason === undefined) continue;
      log.warn("The task {task} is taken from its agent: {reason}", { task: task.task_id, reason });
      this.#decide(task, { kind: "agent_lost", reason });
    }
  }

  /** Assigns what can be. Nothing is awaited between the choice and the decision, so nobody is chosen twice for one place. */
  async #assign(tasks: TaskRecord[], agents?: readonly AgentInfo[]): Promise<void> {
    if (tasks.length === 0) return;
    const workers = this.#workers(agents ?? await this.options.directory.list());
    for (const { task_id } of tasks) {
      const task = this.#tasks.get(task_id);
      if (task?.status !== "pending") continue;
      const worker = choose(workers, needsOf(task), task.preferred_agent);
      if (worker) this.#give(task, worker);
    }
  }

  #workers(agents: readonly AgentInfo[]): Worker[] {
    const held = new Map<string, number>();
    for (const task of this.#tasks.open) {
      if (isHeld(task)) held.set(task.agent_id!, (held.get(task.agent_id!) ?? 0) + 1);
    }
    const others = agents.filter(({ agentId }) => agentId !== this.options.supervisorId);
    return workersOf(others, held, this.#lastGiven);
  }

  #give(task: TaskRecord, worker: Worker): void {
    const { task: assigned } = this.#decide(task, { kind: "assigned", agentId: worker.agentId });
    if (!assigned) return;
    worker.tasks += 1;
    worker.lastGiven = ++this.#given;
    this.#lastGiven.set(worker.agentId, worker.lastGiven);
    this.#unsent.set(task.task_id, this.#requestFor(assigned));
  }

  #requestFor(task: TaskRecord): SentMessage {
    return requestMessageOf(task, this.options.supervisorId).toJSON() as SentMessage;
  }

  /** Asks the agent of a task that has ended without it to leave off. It may have ended, so nothing depends on it. */
  async #tellOfEnd({ task_id, agent_id, attempt, status }: TaskRecord): Promise<void> {
    if (status === "pending" || !agent_id) return;
    const message = new AgentMessage({
      fromAgent: this.options.supervisorId,
      toAgent: agent_id,
      messageType: MessageType.COORDINATION,
      content: { instruction: "cancel_task", task_id, attempt },
    });
    await this.options.mail.send(message.toJSON() as SentMessage);
  }

  #decide(task: TaskRecord, event: TaskEvent): { task?: TaskRecord; refusal?: ParleyError } {
    const decision = decide(task, event, {
      nowMs: Date.now(),
      pauseMs: (failures) => this.#pauseMs(failures),
    });
    if (decision.refusal) return decision;
    if (decision.task) this.#keep(decision.task);
    return decision;
  }

  #pauseMs(failures: number): number {
    const firstDelayMs = this.options.settings.firstRetryMs;
    const policy = { maxAttempts: Infinity, firstDelayMs, maxDelayMs: LONGEST_PAUSE_MS };
    return retryDelayMs(Math.max(1, failures), policy);
  }

  #keep(task: TaskRecord): void {
    if (!isHeld(task)) this.#unsent.delete(task.task_id);
    this.#count.note(task);
    this.#tasks.put(task);
  }
}

function reasonOf(error: unknown): { reason: string } {
  return { reason: ParleyError.from(error).message };
}
