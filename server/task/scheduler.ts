/** Which task goes to which agent: the tasks that wait over the agents that are free. No input or output here. */
import type { TaskRecord } from "../../shared/model/task.ts";
import { choose } from "../../shared/task/choice.ts";
import { Backlog, type Wanted } from "./backlog.ts";
import type { Workers } from "./workers.ts";

/** More than come in a millisecond; times the milliseconds of some years it can be counted exactly. */
const ADDED_IN_A_MS = 100_000;

const MOST_AVOIDED = 3;

/** A task for an agent, which has one task more from now on. */
export interface Match {
  taskId: string;
  agentId: string;
  taskType: string;
}

export class Scheduler {
  readonly #backlog = new Backlog();
  #added = 0;

  /** `startedAtMs`: some moment not too far from when the tasks came, in milliseconds since 1970. */
  constructor(readonly workers: Workers, private readonly startedAtMs: number) {}

  /** How many tasks wait for an agent. */
  get size(): number {
    return this.#backlog.size;
  }

  has(taskId: string): boolean {
    return this.#backlog.has(taskId);
  }

  /** Lists the tasks that wait. */
  taskIds(): IterableIterator<string> {
    return this.#backlog.taskIds();
  }

  /** Has a task wait for an agent from now on; `ticks` is the time on the clock that `age` is told. */
  add(task: TaskRecord, ticks: number): void {
    this.#backlog.add({
      taskId: task.task_id,
      ...wantedBy(task),
      priority: task.priority,
      deadlineMs: task.deadline === null ? Infinity : Date.parse(task.deadline),
      position: this.#positionOf(task),
      sinceMs: ticks,
    });
  }

  remove(taskId: string): void {
    this.#backlog.remove(taskId);
  }

  /** Picks up to `most` tasks that somebody can take now, the next one first. */
  picks(most: number): Match[] {
    const picks: Match[] = [];
    while (picks.length < most) {
      const pick = this.#pick();
      if (!pick) break;
      picks.push(pick);
    }
    return picks;
  }

  /** Promotes whoever has waited long; gives when to call it again, `Infinity` where nobody waits so. */
  age(ticks: number): number {
    return this.#backlog.age(ticks);
  }

  #pick(): Match | undefined {
    if (this.workers.free.size === 0) return undefined;
    const waiting = this.#backlog.next((wanted) => this.workers.hasFree(wanted), this.workers.seekers);
    const worker = waiting && choose(this.workers.freeFor(waiting), waiting, waiting.preferredAgent);
    if (!worker) return undefined;
    this.#backlog.remove(waiting.taskId);
    this.workers.took(worker.agentId, waiting.taskType);
    return { taskId: waiting.taskId, agentId: worker.agentId, taskType: waiting.taskType };
  }

  /** Rises with the time of acceptance, and within a millisecond in the order in which tasks are added. */
  #positionOf({ created_at }: TaskRecord): number {
    const sinceStartMs = Date.parse(created_at) - this.startedAtMs;
    return sinceStartMs * ADDED_IN_A_MS + this.#added++ % ADDED_IN_A_MS;
  }
}

export function wantedBy(task: TaskRecord): Wanted {
  return {
    taskType: task.task_type,
    capabilities: task.required_capabilities.toSorted(),
    preferredAgent: task.preferred_agent,
    avoided: avoidedBy(task),
  };
}

/** The agents that had a task last and gave it back, or were lost: a few, so that tasks that ask the same stand together. */
function avoidedBy({ attempts, forgiven_attempts }: TaskRecord): string[] {
  const lost = attempts.slice(forgiven_attempts).filter(({ outcome }) => outcome === "lost");
  const lastFirst = new Set(lost.map(({ agent_id }) => agent_id).reverse());
  return [...lastFirst].slice(0, MOST_AVOIDED).sort();
}
