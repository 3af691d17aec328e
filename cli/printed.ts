/** What a command printed, as it comes in pieces and as a whole: each character is shown once, and in order. */
import { type CommandRecord, isEnded } from "../shared/model/command.ts";
import { afterBytes, noteOf } from "../shared/model/cut_middle.ts";

const encoder = new TextEncoder();
const sizeOf = (text: string) => encoder.encode(text).length;

/** A piece as `COMMAND_OUTPUT` brings it. */
export interface Piece {
  sequence: number;
  text: string;
  stream: string;
}

/** As much of what was shown last is remembered, to know it again. */
const REMEMBERED = 1_000;

/**
 * Knows how much of a command's output was shown. Where pieces are missing it shows nothing more until the output as a
 * whole brings them: a server that was started anew knows it only at the command's end.
 */
export class Printed {
  /** Whether what was shown has a gap that cannot be filled any more. */
  isIncomplete = false;
  /** How many bytes of an output that was too long were neither shown nor kept. */
  missingBytes = 0;
  /** Whether pieces are missing now. */
  isBroken = false;
  #length = 0;
  #bytes = 0;
  #hasReplaced = false;
  #last = "";
  /** The number of the next piece; undefined: the next that comes. */
  #next: number | undefined = 0;

  /** Gives what is to be shown of a piece. */
  piece({ sequence, text }: Pick<Piece, "sequence" | "text">): string {
    if (this.#next !== undefined && sequence < this.#next) return "";
    this.isBroken ||= this.#next !== undefined && sequence > this.#next;
    this.#next = sequence + 1;
    return this.isBroken ? "" : this.#shown(text);
  }

  /** Gives what is to be shown of the output so far: what no piece brought. */
  whole(command: Pick<CommandRecord, "output" | "truncated_bytes" | "status">): string {
    const { output, truncated_bytes = 0, status } = command;
    if (truncated_bytes > 0 && !isEnded(status)) {
      // What it ends with now lies in the middle of what it will be.
      this.isBroken ||= this.#lacks(output, truncated_bytes);
      return "";
    }
    if (!this.#goesOn(output)) {
      if (truncated_bytes > 0) return this.#restOfCut(output, truncated_bytes);
      this.#breakOff(isEnded(status));
      return "";
    }
    this.missingBytes = truncated_bytes;
    const rest = output.slice(this.#length);
    this.isBroken = false;
    if (rest !== "") this.#next = undefined;
    return this.#shown(rest);
  }

  /** Gives what was kept of the end and not shown, after a line that says how much lies between, if anything does. */
  #restOfCut(output: string, cutBytes: number): string {
    const [head, tail] = output.split(noteOf(cutBytes));
    if (head === undefined || tail === undefined) {
      // An agent of another make says it otherwise, and what was cut twice has two such lines.
      this.isIncomplete = true;
      return "";
    }
    // What is no UTF-8 is shown with more bytes than it came with: better some of it twice than not at all.
    const uncounted = this.#hasReplaced ? Math.min(0, sizeOf(head) + cutBytes - this.#bytes) : 0;
    const missing = sizeOf(head) + cutBytes - this.#bytes - uncounted;
    this.missingBytes = Math.max(0, missing);
    return this.#shown(missing > 0 ? noteOf(missing) + tail : afterBytes(tail, -missing));
  }

  /** Tells whether more was printed than was shown; of an agent of another make that is not known. */
  #lacks(output: string, cutBytes: number): boolean {
    const note = noteOf(cutBytes);
    return output.includes(note) && sizeOf(output) - sizeOf(note) + cutBytes > this.#bytes;
  }

  #breakOff(isAtEnd: boolean): void {
    this.isIncomplete ||= isAtEnd && this.isBroken;
    this.isBroken ||= !isAtEnd;
  }

  /** Tells whether `output` begins with what was shown. */
  #goesOn(output: string): boolean {
    return output.slice(Math.max(0, this.#length - REMEMBERED), this.#length) === this.#last;
  }

  #shown(text: string): string {
    this.#length += text.length;
    this.#bytes += sizeOf(text);
    this.#hasReplaced ||= text.includes("\ufffd");
    this.#last = (this.#last + text).slice(-REMEMBERED);
    return text;
  }
}
