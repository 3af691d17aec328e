/** Assignments that the bus has not taken yet: the same message is sent until it has, or somebody else has the task. */
import type { Mail, SentMessage } from "./backend.ts";

interface Unsent {
  message: SentMessage;
  sending?: Promise<void> | undefined;
}

export class UnsentAssignments {
  readonly #unsent = new Map<string, Unsent>();

  constructor(private readonly mail: Mail) {}

  /** Has `message` sent for a task, in place of another. */
  set(taskId: string, message: SentMessage): void {
    this.#unsent.set(taskId, { message });
  }

  delete(taskId: string): void {
    this.#unsent.delete(taskId);
  }

  /** Resolves when what there is for a task is stored. Throws what the bus refuses it with; it stays here then. */
  send(taskId: string): Promise<void> {
    const unsent = this.#unsent.get(taskId);
    if (!unsent) return Promise.resolve();
    return unsent.sending ??= this.#sendNow(taskId, unsent);
  }

  /** Resolves when everything is stored. Throws what the bus refuses one with; the others are sent all the same. */
  async sendAll(): Promise<void> {
    const sent = await Promise.allSettled([...this.#unsent.keys()].map((taskId) => this.send(taskId)));
    const failed = sent.find(({ status }) => status === "rejected");
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }

  async #sendNow(taskId: string, unsent: Unsent): Promise<void> {
    try {
      await this.mail.send(unsent.message);
      if (this.#unsent.get(taskId) === unsent) this.#unsent.delete(taskId);
    } finally {
      unsent.sending = undefined;
    }
  }
}
