/** What commands print while they run, kept in memory within one bound for all of them together. */
import { logOf } from "../../shared/log.ts";
import type { OpenCommand } from "./open_command.ts";
import type { CommandNews } from "./outcome.ts";

const log = logOf("server", "command");

/** Bytes of the output of all commands that have not ended. */
export const MOST_LIVE_BYTES = 256 * 1_048_576;
/** It is counted anew each time that so large a part of the most was printed. */
const COUNTED_PART = 1 / 16;
/** An output holds up to so many times what is left of it when it is cut. */
const SLACK = 5;

export type Piece = Extract<CommandNews, { kind: "output" }>;

/** While there is too much in all, each output is cut to an equal share, and stays as short. */
export class LiveOutput {
  #uncounted = 0;

  /** `all` lists the commands that have not ended. */
  constructor(private readonly all: () => OpenCommand[], private readonly mostBytes = MOST_LIVE_BYTES) {}

  /** Adds a piece. Gives false, adding nothing, for one that came before or is older than one that did. */
  append(open: OpenCommand, { sequence, text }: Piece): boolean {
    if (sequence < open.nextSequence) return false;
    open.nextSequence = sequence + 1;
    const before = open.output.bytes;
    open.output.append(text);
    this.#uncounted += open.output.bytes - before;
    if (this.#uncounted > this.mostBytes * COUNTED_PART) {
      this.#keepWithin(this.mostBytes * (1 - COUNTED_PART));
    }
    return true;
  }

  #keepWithin(bytes: number): void {
    this.#uncounted = 0;
    const all = this.all();
    const held = all.reduce((sum, { output }) => sum + output.heldBytes, 0);
    if (held <= bytes) return;
    const share = Math.floor(bytes / all.length / SLACK);
    log.warning("{count} commands have printed too much to be kept whole: {share} bytes are left of each", {
      count: all.length,
      share,
    });
    for (const { output } of all) if (output.heldBytes > share) output.limitTo(share);
  }
}
