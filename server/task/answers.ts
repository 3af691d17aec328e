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

export interface AnswersOptions {
  ledger: Pick<Ledger, "answered">;
  clock: Clock;
  onAnswer: OnAnswer;
}

export class Answers implements Disposable {
  readonly #options: AnswersOptions;
  readonly #pauses = new Set<Disposable>();
  #isClosed = false;
  /** Up to where those were read that the server before left to be answered. */
  #resumedTo = 0;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  /** Sends the answer to a task that has ended. */
  add(kept: KeptTask): void {
    void this.#send(kept);
  }

  /**
   * Sends the answers that the server before has left: the next page once each of the last was tried. Rejects where `read`
   * does; called again it goes on from there. `read` gives what is after a position.
   */
  async resume(read: (after: number) => Promise<(KeptTask & { position: number })[]>): Promise<void> {
    while (!this.#isClosed) {
      const page = await read(this.#resumedTo);
      if (page.length === 0) return;
      this.#resumedTo = page.at(-1)!.position;
      await Promise.all(page.map((kept) => this.#send(kept)));
    }
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
