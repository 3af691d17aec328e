/** Agents that are played by a test: a roster of them, their streams, and what each was given. */
import type { TaskRecord } from "../../../shared/model/task.ts";
import type { Agent, Roster } from "../../roster.ts";
import type { HeldTask, TaskQueue, TaskStream } from "../agent_line.ts";
import type { TakenType } from "../workers.ts";

/** Makes an agent as the roster has it: online, and able to `chat`. */
export function agentOf(id: string, fields: Partial<Agent> = {}): Agent {
  return {
    id,
    isOnline: true,
    isRegistered: true,
    isPaused: false,
    capabilities: [],
    attributes: { task_types: "report" },
    connectionType: "grpc",
    maxConcurrentTasks: 1,
    heardAtTicks: 0,
    ...fields,
  } as Agent;
}

type Listener = Parameters<Roster["onChange"]>[0];

/** The roster, as far as tasks need it; a change is told at once. */
export class TestRoster implements Pick<Roster, "get" | "list" | "onChange" | "settled"> {
  readonly #agents = new Map<string, Agent>();
  readonly #listeners = new Set<Listener>();
  readonly #settling = Promise.withResolvers<void>();

  get settled(): Promise<void> {
    return this.#settling.promise;
  }

  settle(): void {
    this.#settling.resolve();
  }

  get(id: string): Agent | undefined {
    return this.#agents.get(id);
  }

  list(): ReturnType<Roster["list"]> {
    const all = [...this.#agents.values()];
    return all.map(({ id, isOnline, capabilities }) => ({
      agent_id: id,
      is_online: isOnline,
      capabilities,
    })) as ReturnType<Roster["list"]>;
  }

  onChange(listener: Listener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Has an agent be so from now on, and tells of it. */
  set(id: string, fields: Partial<Agent> = {}): void {
    this.#agents.set(id, { ...this.#agents.get(id) ?? agentOf(id), ...fields });
    const changed = this.list().filter(({ agent_id }) => agent_id === id);
    for (const listener of this.#listeners) listener(changed);
  }
}

/** An agent's stream: what was written to it. */
export class TestStream implements TaskStream {
  readonly given: TaskRecord[] = [];
  readonly stopped: HeldTask[] = [];
  /** Called with whatever is given. */
  onGive: (task: TaskRecord) => void = () => {};

  constructor(public types: readonly TakenType[] = [{ taskType: "report", mostAtOnce: 0 }]) {}

  give(task: TaskRecord): void {
    this.given.push(task);
    this.onGive(task);
  }

  stop(held: HeldTask): void {
    this.stopped.push(held);
  }
}

/** The queues of agents without a stream. */
export class TestQueue implements TaskQueue {
  readonly given: TaskRecord[] = [];
  readonly stopped: [string, HeldTask][] = [];

  give(task: TaskRecord, isWanted: () => boolean): void {
    if (isWanted()) this.given.push(task);
  }

  stop(agentId: string, held: HeldTask): void {
    this.stopped.push([agentId, held]);
  }
}
