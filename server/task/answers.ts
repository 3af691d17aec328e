/** Telling agents that asked by a queue what came of their tasks, until that is known to have arrived there. */
import { logOf } from "../../shared/log.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import type { KeptTask } from "../../shared/store/store.ts";
import type { Clock } from "../presence/clock.ts";
import type { Ledger } from "./ledger.ts";

const PAUSE_MS = 5_000;

const log = logOf("server", "task");

/** Tells `agentId` what came of a task. Resolves once that cannot be lost. */
export type OnAnswer = (agentId: string, task: TaskRecord) => Promise<void>;

export class Answers implements Disposable {
  readonly #options: { ledger: Ledger; clock: Clock; onAnswer: OnAnswer };
  readonly #pauses = new Set<Disposable>();
  #isClosed = false;

  constructor(options: { ledger: Ledger; clock: Clock; onAnswer: OnAnswer }) {
    this.#options = options;
  }

  /** Sends the answer to a task that has ended. */
  add(kept: KeptTask): void {
    void this.#send(kept);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const pause of this.#pauses) pause[Symbol.dispose]();
  }

  async #send(kept: KeptTask): Promise<void> {
    const { ledger, onAnswer } = this.#options;
    const { task, answerTo } = kept;
    if (this.#isClosed || answerTo === null) return;
    try {
      await onAnswer(answerTo, task);
      await ledger.answered(task.task_id);
    } catch (cause) {
      log.warning("What came of {taskId} is told to {answerTo} later: {cause}", {
        taskId: task.task_id,
        answerTo,
        cause,
      });
      this.#sendLater(kept);
    }
  }

  #sendLater(kept: KeptTask): void {
    if (this.#isClosed) return;
    const pause = this.#options.clock.after(PAUSE_MS, () => {
      this.#pauses.delete(pause);
      this.add(kept);
    });
    this.#pauses.add(pause);
  }
}
