/** The agents that can be given tasks here: what each can do, and how many it has. */
import { NO_TASKS, TASK_TYPES_ATTRIBUTE } from "../../shared/model/task.ts";
import { freeFor, freeOf, isAble, type Worker } from "../../shared/task/choice.ts";
import type { Agent } from "../roster.ts";
import type { Wanted } from "./backlog.ts";
import type { Seekers } from "./shelves.ts";

/** What an agent says on its stream that it takes; `mostAtOnce` 0: as many as it takes in all. */
export interface TakenType {
  taskType: string;
  mostAtOnce: number;
}

interface Entry extends Worker {
  tasksOf: Map<string, number>;
  /** Those that take the same have the same. */
  kind: string;
}

type Kind = Seekers & { agentIds: Set<string> };

export interface WorkersOptions {
  /** Finds an agent that is known. */
  find: (agentId: string) => Readonly<Agent> | undefined;
  /** Gives what an agent says that it takes on the stream it has open; undefined without one. */
  streamOf: (agentId: string) => readonly TakenType[] | undefined;
}

export class Workers {
  readonly #options: WorkersOptions;
  /** Those that can be given tasks, free or not. */
  readonly #workers = new Map<string, Entry>();
  /** Those of them that could take another one. */
  readonly #free = new Set<Entry>();
  /** The same by what they take: most take the same as others. */
  readonly #freeKinds = new Map<string, Kind>();
  /** How many tasks of each type each agent has, whether or not it can be given any now. */
  readonly #held = new Map<string, { tasks: number; tasksOf: Map<string, number>; lastGiven: number }>();
  #given = 0;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  /** Looks again whether and what an agent can be given. */
  refresh(agentId: string): void {
    const before = this.#workers.get(agentId);
    if (before) this.#setFree(before, false);
    this.#workers.delete(agentId);
    const worker = this.#workerOf(agentId);
    if (!worker) return this.#forgetIdle(agentId);
    this.#workers.set(agentId, worker);
    this.#note(worker);
  }

  /** Those that could take another task. */
  get free(): ReadonlySet<Worker> {
    return this.#free;
  }

  /** What those take that could take another task, and who they are. */
  get seekers(): Iterable<Seekers> {
    return this.#freeKinds.values();
  }

  /** Tells whether somebody can take such a task now. */
  hasFree(wanted: Wanted): boolean {
    for (const worker of this.freeFor(wanted)) {
      if (freeFor(worker, wanted.taskType) > 0 && fits(worker, wanted)) return true;
    }
    return false;
  }

  /** Those that could take another task and may be given this: who had it before alone where nobody else could do it. */
  freeFor(wanted: Wanted): Iterable<Worker> {
    const { avoided = [] } = wanted;
    const isOther = ({ agentId }: Worker) => !avoided.includes(agentId);
    const hasOthers = avoided.length > 0 &&
      this.#workers.values().some((worker) => isOther(worker) && fits(worker, wanted));
    return hasOthers ? this.#free.values().filter(isOther) : this.#free;
  }

  /** Tells whether somebody who is here could take such a task if it were free. */
  hasAble(wanted: Wanted): boolean {
    return this.#workers.values().some((worker) => fits(worker, wanted));
  }

  /** Notes that an agent has one task more. */
  took(agentId: string, taskType: string): void {
    const held = this.#heldBy(agentId);
    held.tasks++;
    held.tasksOf.set(taskType, (held.tasksOf.get(taskType) ?? 0) + 1);
    held.lastGiven = ++this.#given;
    this.#update(agentId);
  }

  /** Notes that an agent has one task less. */
  released(agentId: string, taskType: string): void {
    const held = this.#heldBy(agentId);
    held.tasks--;
    const left = (held.tasksOf.get(taskType) ?? 0) - 1;
    if (left > 0) held.tasksOf.set(taskType, left);
    else held.tasksOf.delete(taskType);
    this.#update(agentId);
    if (!this.#workers.has(agentId)) this.#forgetIdle(agentId);
  }

  /** Tells whether an agent that has no stream open is given tasks in its queue. */
  readsQueue(agentId: string): boolean {
    const agent = this.#options.find(agentId);
    return agent !== undefined && announcedBy(agent, undefined) !== "nothing";
  }

  /** Many agents come once and never again. */
  #forgetIdle(agentId: string): void {
    if (this.#held.get(agentId)?.tasks === 0) this.#held.delete(agentId);
  }

  #update(agentId: string): void {
    const worker = this.#workers.get(agentId);
    if (!worker) return;
    const { tasks, lastGiven } = this.#heldBy(agentId);
    worker.tasks = tasks;
    worker.lastGiven = lastGiven;
    this.#note(worker);
  }

  #note(worker: Entry): void {
    this.#setFree(worker, freeOf(worker) > 0);
  }

  #setFree(worker: Entry, isFree: boolean): void {
    if (this.#free.has(worker) === isFree) return;
    const { kind, agentId, taskTypes, capabilities } = worker;
    const alike = this.#freeKinds.get(kind) ?? { taskTypes, capabilities, agentIds: new Set() };
    if (isFree) {
      this.#free.add(worker);
      alike.agentIds.add(agentId);
      this.#freeKinds.set(kind, alike);
    } else {
      this.#free.delete(worker);
      alike.agentIds.delete(agentId);
      if (alike.agentIds.size === 0) this.#freeKinds.delete(kind);
    }
  }

  #heldBy(agentId: string) {
    const held = this.#held.get(agentId) ?? { tasks: 0, tasksOf: new Map(), lastGiven: 0 };
    this.#held.set(agentId, held);
    return held;
  }

  #workerOf(agentId: string): Entry | undefined {
    const agent = this.#options.find(agentId);
    if (!agent?.isOnline || !agent.isRegistered || agent.isPaused) return undefined;
    const announced = announcedBy(agent, this.#options.streamOf(agentId));
    if (announced === "nothing") return undefined;
    const { tasks, tasksOf, lastGiven } = this.#heldBy(agentId);
    const taskTypes = announced?.map(({ taskType }) => taskType);
    return {
      agentId,
      kind: JSON.stringify([taskTypes?.toSorted() ?? null, ...agent.capabilities.toSorted()]),
      taskTypes: taskTypes && new Set(taskTypes),
      capabilities: new Set(agent.capabilities),
      maxConcurrentTasks: agent.maxConcurrentTasks,
      tasks,
      lastGiven,
      limits: announced && limitsOf(announced),
      tasksOf,
    };
  }
}

/**
 * Tells which types an agent takes: what its stream says; or, where it reads its queue alone, what its registration
 * says; undefined where nobody says anything. One that says so and reads a stream gets nothing while that is not open.
 */
function announcedBy(
  { attributes, connectionType }: Readonly<Agent>,
  stream: readonly TakenType[] | undefined,
): readonly TakenType[] | "nothing" | undefined {
  if (stream) return stream;
  const said = attributes[TASK_TYPES_ATTRIBUTE];
  if (said === undefined) return undefined;
  if (said.trim() === NO_TASKS || connectionType === "grpc") return "nothing";
  return said.split(/\s+/).filter(Boolean).map((taskType) => ({ taskType, mostAtOnce: 0 }));
}

function limitsOf(announced: readonly TakenType[]): ReadonlyMap<string, number> {
  const limited = announced.filter(({ mostAtOnce }) => mostAtOnce > 0);
  return new Map(limited.map(({ taskType, mostAtOnce }) => [taskType, mostAtOnce]));
}

function fits(worker: Worker, wanted: Wanted): boolean {
  return isAble(worker, wanted, worker.agentId === wanted.preferredAgent);
}
