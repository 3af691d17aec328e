/** Whoever waits for what becomes of a message. */
import { ParleyError } from "../../shared/error.ts";
import type { Message } from "../../shared/model/message.ts";

/** Hands the answer to a message, its `REPLY` or `ERROR`, to who waits for it here. */
export class Outcomes {
  readonly #waiting = new Map<string, Set<(answer: Message) => void>>();

  /** Resolves with the answer to `messageId`. Throws `timeout` or `cancelled` with the signal's end. */
  wait(messageId: string, signal: AbortSignal): Promise<Message> {
    const { promise, resolve, reject } = Promise.withResolvers<Message>();
    const waiting = this.#waiting.get(messageId) ?? new Set();
    this.#waiting.set(messageId, waiting.add(resolve));
    const giveUp = () => reject(new ParleyError("timeout", "There is no answer yet; the message goes on."));
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp);
    return promise.finally(() => {
      signal.removeEventListener("abort", giveUp);
      waiting.delete(resolve);
      if (waiting.size === 0) this.#waiting.delete(messageId);
    });
  }

  tell(messageId: string, answer: Message): void {
    for (const resolve of this.#waiting.get(messageId) ?? []) resolve(answer);
  }
}
