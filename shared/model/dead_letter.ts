/** Dead letters: what could not be delivered, and why. */

/** A message that was given up. */
export interface DeadLetter {
  id: string;
  queue: string;
  body: string;
  code: string;
  reason: string;
  at: string;
}
