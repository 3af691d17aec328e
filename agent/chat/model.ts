/** The port that every language model stands behind, so that an agent's handler does not know whose it is. */

/** One thing said. A `system` turn comes first or not at all; `user` and `assistant` take turns. */
export interface Turn {
  role: "system" | "user" | "assistant";
  text: string;
}

/** Answers a conversation, piece by piece. */
export interface ChatModel {
  /**
   * Writes the answer to `turns`; the pieces joined are its text, and none is empty. Tries again what may succeed
   * a second time, but only before the first piece.
   * Throws a `ParleyError` whose sentence tells a person what to do, `unavailable` when the answer broke off
   * halfway, and `cancelled` when `signal` aborted, which also ends the request.
   */
  stream(turns: Turn[], signal: AbortSignal): AsyncIterable<string>;
}
