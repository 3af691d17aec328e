/** What is decided of a supervisor's own tasks: by the rules of a task's life, kept at once, and counted. */
import { retryDelayMs } from "../../shared/bus/retry_policy.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import { decide, type Decision, type TaskEvent } from "../../shared/task/transition.ts";
import type { TaskFigures } from "./backend.ts";
import type { KeptTasks } from "./kept_tasks.ts";
import { TaskCount } from "./task_count.ts";

const LONGEST_PAUSE_MS = 30_000;

export interface LocalDecisionsOptions {
  tasks: KeptTasks;
  /** How long a task waits after its first failure, in milliseconds; each further one doubles that, up to 30 s. */
  firstRetryMs: number;
  /** Called with what a task has become. */
  onChanged: (task: TaskRecord) => void;
}

export class LocalDecisions {
  readonly #count = new TaskCount();

  constructor(private readonly options: LocalDecisionsOptions) {}

  get figures(): TaskFigures {
    return this.#count.figures(this.options.tasks.open);
  }

  /** Decides what `event` makes of `task`, and keeps that; `KeptTasks.write()` stores it. */
  decide(task: TaskRecord, event: TaskEvent): Decision {
    const pauseMs = (failures: number) => this.#pauseMs(failures);
    const decision = decide(task, event, { nowMs: Date.now(), pauseMs });
    if (!decision.refusal && decision.task) this.#keep(decision.task);
    return decision;
  }

  /** Counts what an agent said that was refused. */
  countRefused(): void {
    this.#count.refused += 1;
  }

  #pauseMs(failures: number): number {
    const { firstRetryMs: firstDelayMs } = this.options;
    const policy = { maxAttempts: Infinity, firstDelayMs, maxDelayMs: LONGEST_PAUSE_MS };
    return retryDelayMs(Math.max(1, failures), policy);
  }

  #keep(task: TaskRecord): void {
    this.options.onChanged(task);
    this.#count.note(task);
    this.options.tasks.put(task);
  }
}
