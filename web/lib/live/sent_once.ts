/** What is sent again because nobody knows whether it arrived: it keeps its id, so that it happens once. */
import { ApiError } from "./api.ts";

export class SentOnce {
  /** The last, where no answer came. */
  #unsure: { said: string; id: string } | undefined;

  constructor(private readonly newId: () => string) {}

  /**
   * Has `send` send `content`, under the id of the last try where that had no answer and said the same: a conflict then
   * means that it arrived, and is no failure.
   */
  async send(content: unknown, send: (id: string) => Promise<unknown>): Promise<string> {
    const said = JSON.stringify(content);
    const isAgain = this.#unsure?.said === said;
    const id = isAgain ? this.#unsure!.id : this.newId();
    this.#unsure = { said, id };
    try {
      await send(id);
    } catch (error) {
      if (!isAnswer(error)) throw error;
      this.#unsure = undefined;
      if (!isAgain || error.code !== "conflict") throw error;
    }
    this.#unsure = undefined;
    return id;
  }
}

/** Tells whether the server itself refused it: what failed on the way, or inside of it, may have happened. */
function isAnswer(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}
