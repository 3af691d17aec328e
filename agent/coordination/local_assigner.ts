/** Has each of a supervisor's own tasks with an agent: chosen, sent what it is to do, and given up for lost. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import { choose, type Worker } from "../../shared/task/choice.ts";
import { isHeld } from "../../shared/task/transition.ts";
import type { AgentInfo, Directory, Mail, SentMessage } from "./backend.ts";
import type { KeptTasks } from "./kept_tasks.ts";
import type { LocalDecisions } from "./local_decisions.ts";
import { inOrder, lossOf, needsOf, workersOf } from "./local_task.ts";
import { requestMessageOf } from "./task_message.ts";
import { UnsentAssignments } from "./unsent.ts";

const log = logOf("agent", "coordination");

export interface LocalAssignerOptions {
  supervisorId: string;
  /** An agent that is silent for so long has lost its tasks, in milliseconds. */
  silentAfterMs: number;
  mail: Mail;
  directory: Directory;
  tasks: KeptTasks;
  decisions: LocalDecisions;
}

export class LocalAssigner {
  readonly #unsent: UnsentAssignments;
  readonly #lastGiven = new Map<string, number>();
  #given = 0;

  constructor(private readonly options: LocalAssignerOptions) {
    this.#unsent = new UnsentAssignments(options.mail);
  }

  /** Has the agent of a task told what it is to do; by the same message again where it may have been told before. */
  tell(task: TaskRecord): void {
    this.#unsent.set(task.task_id, this.#requestFor(task));
  }

  /** Has nobody told any more of a task that no agent has. */
  forget(taskId: string): void {
    this.#unsent.delete(taskId);
  }

  /** Finds an agent for a new task. Resolves once that agent's message is stored, or at once while there is none. Throws `unavailable`. */
  async begin(task: TaskRecord): Promise<void> {
    await this.#assign([task], await this.options.directory.list());
    await this.#unsent.send(task.task_id);
  }

  /** Takes tasks from agents that are gone, and assigns what waits as far as anybody can take it. Throws `unavailable`. */
  async attend(): Promise<void> {
    const { directory, tasks } = this.options;
    const agents = await directory.list();
    this.#takeFromTheLost(agents);
    this.#assign(inOrder(tasks.open, Date.now()), agents);
    await this.sendAll().catch((error) =>
      log.warning("An assignment waits for the bus: {reason}", { reason: ParleyError.from(error).message })
    );
  }

  /** Sends what the bus has not taken yet. Throws what it refuses one with; the others are sent all the same. */
  sendAll(): Promise<void> {
    return this.#unsent.sendAll();
  }

  #takeFromTheLost(agents: readonly AgentInfo[]): void {
    const { tasks, decisions, silentAfterMs } = this.options;
    const byId = new Map(agents.map((agent) => [agent.agentId, agent]));
    for (const task of tasks.open.filter(isHeld)) {
      const reason = lossOf(task, byId.get(task.agent_id!), { nowMs: Date.now(), silentAfterMs });
      if (reason === undefined) continue;
      log.warning("The task {task} is taken from its agent: {reason}", { task: task.task_id, reason });
      decisions.decide(task, { kind: "agent_lost", reason });
    }
  }

  /** Assigns what can be. Nothing is awaited between the choice and the decision, so nobody is chosen twice for one place. */
  #assign(tasks: TaskRecord[], agents: readonly AgentInfo[]): void {
    if (tasks.length === 0) return;
    const workers = this.#workers(agents);
    for (const { task_id } of tasks) {
      const task = this.options.tasks.get(task_id);
      if (task?.status !== "pending") continue;
      const worker = choose(workers, needsOf(task), task.preferred_agent);
      if (worker) this.#give(task, worker);
    }
  }

  #workers(agents: readonly AgentInfo[]): Worker[] {
    const held = new Map<string, number>();
    for (const task of this.options.tasks.open) {
      if (isHeld(task)) held.set(task.agent_id!, (held.get(task.agent_id!) ?? 0) + 1);
    }
    const others = agents.filter(({ agentId }) => agentId !== this.options.supervisorId);
    return workersOf(others, held, this.#lastGiven);
  }

  #give(task: TaskRecord, worker: Worker): void {
    const decision = this.options.decisions.decide(task, { kind: "assigned", agentId: worker.agentId });
    if (decision.refusal || !decision.task) return;
    worker.tasks += 1;
    worker.lastGiven = ++this.#given;
    this.#lastGiven.set(worker.agentId, worker.lastGiven);
    this.tell(decision.task);
  }

  #requestFor(task: TaskRecord): SentMessage {
    return requestMessageOf(task, this.options.supervisorId).toJSON() as SentMessage;
  }
}
