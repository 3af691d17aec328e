/** Tasks that other servers on the same store change: looked at here, and given to others once their server is gone. */
import { logOf } from "../../shared/log.ts";
import type { KeptTask, TaskState, TaskStore } from "../../shared/store/store.ts";
import { isHeld, type TaskEvent } from "../../shared/task/transition.ts";
import type { Ledger } from "./ledger.ts";
import { Neighbours, type NeighboursOptions } from "./neighbours.ts";

const log = logOf("server", "task");

export interface ForeignTasksOptions extends Omit<NeighboursOptions, "store" | "listener"> {
  store: Pick<TaskStore, "find" | "states">;
  ledger: Pick<Ledger, "at" | "refresh" | "forget">;
  /** Lists the tasks that wait here or are held here. */
  known: () => Iterable<string>;
  /** Tells whether it matters to anybody here how a task stands. */
  concernsUs: (kept: KeptTask) => boolean;
  /** Has something happen to a task soon. */
  happen: (taskId: string, event: TaskEvent) => void;
}

/** Disposing stops looking at others, and telling them. */
export class ForeignTasks implements AsyncDisposable {
  readonly #options: ForeignTasksOptions;
  readonly #neighbours: Neighbours;

  constructor(options: ForeignTasksOptions) {
    this.#options = options;
    const { ledger, known } = options;
    this.#neighbours = new Neighbours({
      ...options,
      listener: {
        look: (taskIds) => void this.#look(taskIds),
        *known() {
          for (const taskId of known()) yield [taskId, ledger.at(taskId)?.version];
        },
        orphaned: (state) => void this.#takeOver(state),
      },
    });
  }

  /** Tells the others soon that a task has changed here. */
  changed(taskId: string): void {
    this.#neighbours.changed(taskId);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#neighbours[Symbol.asyncDispose]();
  }

  /** Never rejects: what could not be seen now is seen at the next look. */
  async #look(taskIds: readonly string[]): Promise<void> {
    const { store, server, ledger, concernsUs } = this.#options;
    try {
      for (const kept of await store.find(server, taskIds)) {
        if (concernsUs(kept)) await ledger.refresh(kept.task.task_id, kept);
      }
    } catch (cause) {
      log.warning("What other servers did with tasks is seen later: {cause}", { cause });
    }
  }

  /** Has others get what the agent of a server had that is gone. Never rejects: it is found again at the next look. */
  async #takeOver({ taskId, serverId }: TaskState): Promise<void> {
    const { store, server, ledger, happen } = this.#options;
    try {
      const [kept] = await store.find(server, [taskId]);
      if (!kept || kept.serverId !== serverId || !isHeld(kept.task)) return;
      ledger.forget(taskId);
      const reason = `The server that had its agent ${kept.task.agent_id} is gone.`;
      happen(taskId, { kind: "agent_lost", reason, attempt: kept.task.attempt });
    } catch (cause) {
      log.warning("What a server left that is gone is taken over later: {cause}", { cause });
    }
  }
}
