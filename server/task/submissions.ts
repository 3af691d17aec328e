/** Taking tasks from those who ask for them: each is kept, found to be there already, or refused. */
import { ParleyError } from "../../shared/error.ts";
import { isPeerId } from "../../shared/model/id.ts";
import type { Principal } from "../../shared/model/principal.ts";
import { isTaskEnded, type NewTask, type TaskRecord } from "../../shared/model/task.ts";
import type { KeptTask, TaskStore } from "../../shared/store/store.ts";
import type { Clock } from "../presence/clock.ts";
import type { Ledger } from "./ledger.ts";
import { newRecord, requireSame } from "./new_task.ts";

/** What became of one of the tasks asked for. */
export type Submission =
  | { kept: KeptTask; isNew: boolean; refusal?: undefined }
  | { refusal: ParleyError; kept?: undefined; isNew?: undefined };

export interface SubmissionsOptions {
  store: TaskStore;
  ledger: Ledger;
  clock: Clock;
  config: { AGENT_MAX_RETRIES: number };
}

export class Submissions {
  readonly #options: SubmissionsOptions;

  constructor(options: SubmissionsOptions) {
    this.#options = options;
  }

  /** Keeps tasks; each is answered by itself, in order. Throws `unavailable` where none was kept. */
  async add(
    principal: Principal,
    asked: readonly NewTask[],
    { answerTo, sees }: { answerTo: string | null; sees: Principal },
  ): Promise<Submission[]> {
    const parents = await this.#parents(sees, asked);
    const submissions: Submission[] = [];
    for (const [turn, indexes] of turnsOf(asked).entries()) {
      const together = indexes.map((index) => asked[index]!);
      const keeping = this.#keep(principal, together, { answerTo, parents });
      // What was kept before is answered, whatever becomes of the rest.
      const made = turn === 0
        ? await keeping
        : await keeping.catch((cause) => refused(together.length, cause));
      for (const [place, index] of indexes.entries()) submissions[index] = made[place]!;
    }
    return submissions;
  }

  /** Keeps tasks whose parents are there, in one write; they are parents from then on. */
  async #keep(
    principal: Principal,
    asked: readonly NewTask[],
    { answerTo, parents }: { answerTo: string | null; parents: Map<string, KeptTask> },
  ): Promise<Submission[]> {
    const requested = asked.map((each) => this.#prepare(principal, each, parents));
    const fit = requested.filter((each): each is TaskRecord => !(each instanceof ParleyError));
    const kept = fit.map((task): KeptTask => ({ task, version: 1, serverId: null, answerTo }));
    const there = kept.length > 0 ? await this.#options.store.add(principal, kept) : [];
    const added = kept.map((each, index) => this.#outcome(each, there[index]));
    for (const { kept } of added) if (kept) parents.set(kept.task.task_id, kept);
    return requested.map((each) => each instanceof ParleyError ? { refusal: each } : added.shift()!);
  }

  #outcome(asked: KeptTask, there: KeptTask | undefined): Submission {
    if (!there) {
      this.#options.ledger.learn(asked);
      return { kept: asked, isNew: true };
    }
    try {
      requireSame(there.task, asked.task);
      const known = this.#options.ledger.at(there.task.task_id);
      return { kept: known && known.version > there.version ? known : there, isNew: false };
    } catch (thrown) {
      return { refusal: ParleyError.from(thrown) };
    }
  }

  #prepare(
    { id: requestedBy }: Principal,
    asked: NewTask,
    parents: ReadonlyMap<string, KeptTask>,
  ): TaskRecord | ParleyError {
    const { clock, config: { AGENT_MAX_RETRIES: maxRetries } } = this.#options;
    try {
      const task = newRecord(asked, { requestedBy, nowMs: clock.now(), maxRetries });
      if (task.parent_task_id !== null) requireOpen(task.parent_task_id, parents.get(task.parent_task_id));
      return task;
    } catch (thrown) {
      return ParleyError.from(thrown);
    }
  }

  /** Finds the tasks that are named as parents. A parent is there before its subtasks, so none is its own grandparent. */
  async #parents(sees: Principal, asked: readonly NewTask[]): Promise<Map<string, KeptTask>> {
    const named = asked.map(({ parent_task_id }) => parent_task_id);
    // What no task can be called no store has to look for.
    const ids = new Set(named.filter((id) => typeof id === "string" && isPeerId(id, "task")));
    if (ids.size === 0) return new Map();
    const found = await this.#options.store.find(sees, [...ids] as string[]);
    return new Map(found.map((kept) => [kept.task.task_id, kept]));
  }
}

function refused(count: number, cause: unknown): Submission[] {
  return Array.from({ length: count }, () => ({ refusal: ParleyError.from(cause) }));
}

/** Puts together what can be kept at once: a task comes after the one that is its parent, where both are asked for together. */
function turnsOf(asked: readonly NewTask[]): number[][] {
  const turnOf = new Map<string, number>();
  const turns: number[][] = [];
  for (const [index, { task_id, parent_task_id }] of asked.entries()) {
    const turn = (turnOf.get(parent_task_id ?? "") ?? -1) + 1;
    if (task_id) turnOf.set(task_id, turn);
    (turns[turn] ??= []).push(index);
  }
  return turns;
}

function requireOpen(parentId: string, parent: KeptTask | undefined): void {
  if (!parent) {
    throw new ParleyError(
      "not_found",
      `Field 'parent_task_id': there is no task '${parentId}'. Ask for it first.`,
    );
  }
  const { status } = parent.task;
  if (!isTaskEnded(status)) return;
  throw new ParleyError("conflict", `Field 'parent_task_id': the task ${parentId} is '${status}' already.`);
}
