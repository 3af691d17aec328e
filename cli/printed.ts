/** What a command printed, as it comes in pieces and as a whole: each character is shown once. */
import type { CommandRecord } from "../shared/model/command.ts";

/** A piece as `COMMAND_OUTPUT` brings it. */
export interface Piece {
  sequence: number;
  text: string;
  stream: string;
}

/** Knows how much of a command's output was shown. */
export class Printed {
  #length = 0;
  #next = 0;

  /** Gives what is to be shown of a piece. */
  piece({ sequence, text }: Pick<Piece, "sequence" | "text">): string {
    if (sequence < this.#next) return "";
    this.#next = sequence + 1;
    this.#length += text.length;
    return text;
  }

  /**
   * Gives what is to be shown of the output so far: what no piece brought, because the connection was lost or too slow,
   * or because the agent tells its output only at the end. Of an output that was cut that cannot be told; it is shown
   * where nothing was.
   */
  whole({ output, truncated_bytes }: Pick<CommandRecord, "output" | "truncated_bytes">): string {
    const isCut = (truncated_bytes ?? 0) > 0;
    if (isCut && this.#length > 0) return "";
    const rest = output.slice(this.#length);
    this.#length += rest.length;
    return rest;
  }
}
