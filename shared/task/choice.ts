/** Which agent gets a task: pure, over what the roster knows of each. */

/** What a task asks of an agent. */
export interface Needs {
  taskType: string;
  /** Sorted, each once. */
  capabilities: readonly string[];
}

export interface Worker {
  agentId: string;
  /** The types of tasks that it says it takes; undefined where it says nothing of tasks. */
  taskTypes: ReadonlySet<string> | undefined;
  capabilities: ReadonlySet<string>;
  maxConcurrentTasks: number;
  /** Tasks that it has now. */
  tasks: number;
  /** When it was last given one: a number that rises; 0 where it never was. */
  lastGiven: number;
  /** How many tasks of a type it takes at once, where that is less than of all together. */
  limits?: ReadonlyMap<string, number> | undefined;
  /** How many it has now of each type that is limited. */
  tasksOf?: ReadonlyMap<string, number> | undefined;
}

/**
 * Tells whether `worker` is able to take such a task, however busy it is. One that says which types it takes gets no
 * others. One that says nothing of tasks is known by what it can do: something has to be asked for that it says it can,
 * or the type has to be one of its capabilities, or `isNamed`: somebody asked for this very agent.
 */
export function isAble(worker: Worker, { taskType, capabilities }: Needs, isNamed = false): boolean {
  if (!capabilities.every((name) => worker.capabilities.has(name))) return false;
  if (worker.taskTypes) return worker.taskTypes.has(taskType);
  return isNamed || capabilities.length > 0 || worker.capabilities.has(taskType);
}

/** Tells how many tasks `worker` can take beside those that it has. */
export function freeOf({ maxConcurrentTasks, tasks }: Worker): number {
  return Math.max(0, maxConcurrentTasks - tasks);
}

/** Tells how many tasks of this type `worker` can take beside those that it has. */
export function freeFor(worker: Worker, taskType: string): number {
  const limit = worker.limits?.get(taskType);
  if (limit === undefined) return freeOf(worker);
  return Math.max(0, Math.min(freeOf(worker), limit - (worker.tasksOf?.get(taskType) ?? 0)));
}

/**
 * Chooses among `workers` for one task: `preferred` where it is able and free; else, of those that are, the one with
 * the most free capacity, then the least load, then the one that has waited longest. Gives undefined when there is none.
 */
export function choose(
  workers: Iterable<Worker>,
  needs: Needs,
  preferred?: string | null,
): Worker | undefined {
  let best: Worker | undefined;
  for (const worker of workers) {
    const isNamed = worker.agentId === preferred;
    if (freeFor(worker, needs.taskType) === 0 || !isAble(worker, needs, isNamed)) continue;
    if (isNamed) return worker;
    if (!best || compare(worker, best) < 0) best = worker;
  }
  return best;
}

/** Orders workers for `choose`: below 0 when `one` comes first. */
function compare(one: Worker, other: Worker): number {
  return freeOf(other) - freeOf(one) || loadOf(one) - loadOf(other) || one.lastGiven - other.lastGiven;
}

function loadOf({ tasks, maxConcurrentTasks }: Worker): number {
  return tasks / Math.max(1, maxConcurrentTasks);
}
