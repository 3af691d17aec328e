/** An answer as it is written: which of its pieces can be shown at once, and what is left to show at its end. */

/** A piece of a reply, as `REPLY_CHUNK` brings it. */
export interface Piece {
  attempt: number;
  sequence: number;
  text: string;
}

/** Shows each piece in order. What cannot be taken back is not shown before it is certain. */
export class Answer {
  #shown = "";
  #attempt: number | undefined;
  #next = 0;
  /** A piece is missing, or the answer was begun anew: the whole of it tells what it is. */
  #waits = false;

  /** Gives what can be shown of a piece. */
  take({ attempt, sequence, text }: Piece): string {
    this.#attempt ??= attempt;
    if (attempt < this.#attempt || sequence < this.#next) return "";
    this.#waits ||= attempt > this.#attempt || sequence > this.#next;
    if (this.#waits) return "";
    this.#next = sequence + 1;
    this.#shown += text;
    return text;
  }

  /** Gives what is left to show of the whole answer; `isOther` when what was shown is not how it begins. */
  finish(whole: string): { rest: string; isOther: boolean } {
    if (whole.startsWith(this.#shown)) return { rest: whole.slice(this.#shown.length), isOther: false };
    return { rest: whole, isOther: true };
  }
}
