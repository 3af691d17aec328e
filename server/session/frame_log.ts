/** The newest frames of one session, kept in memory for those who come back soon. */
import type { FrameRow } from "../../shared/store/store.ts";

/** Keeps at least the `capacity` newest frames. Numbers rise by 1 except where a server restarted. */
export class FrameLog {
  #frames: FrameRow[];

  constructor(readonly capacity: number, frames: FrameRow[] = []) {
    this.#frames = frames;
  }

  /** The lowest number kept, or Infinity when there is none. */
  get first(): number {
    return this.#frames[0]?.seq ?? Infinity;
  }

  add(frame: FrameRow): void {
    this.#frames.push(frame);
    if (this.#frames.length > this.capacity * 2) this.#frames = this.#frames.slice(-this.capacity);
  }

  /** Lists the frames after `seq`, rising. */
  after(seq: number): FrameRow[] {
    let from = this.#frames.length;
    while (from > 0 && this.#frames[from - 1]!.seq > seq) from--;
    return this.#frames.slice(from);
  }
}
