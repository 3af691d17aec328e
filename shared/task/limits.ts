/** How much may be said of a task by whoever asks for it, and by whoever works on it. */
import { ParleyError } from "../error.ts";

/** Bytes that the parameters of a task may have as JSON, and its result. */
export const MOST_JSON_BYTES = 1_048_576;
/** Characters that an error or a note may have. */
const MOST_CHARACTERS = 10_000;

const encoder = new TextEncoder();

/** Checks that `json` can travel and is kept: 1 MiB at most. Throws `too_large`, whose sentence begins with `what`. */
export function requireSmall(json: string, what: string): void {
  // Most are so short that they fit whatever their characters are.
  if (json.length * 3 <= MOST_JSON_BYTES || encoder.encode(json).length <= MOST_JSON_BYTES) return;
  throw new ParleyError("too_large", `${what} may have 1 MiB as JSON. Pass on where it can be read instead.`);
}

/** Gives as much of an error or a note as is kept: 10,000 characters. */
export function cutToKept(text: string): string {
  // Cutting may leave half a character, which cannot travel.
  return text.slice(0, MOST_CHARACTERS).toWellFormed();
}
