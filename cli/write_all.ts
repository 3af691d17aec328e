/** Writing everything, also to a pipe that somebody made non-blocking. */

import { OutputError } from "./fault.ts";

/** How long a full pipe is given before the next try, in milliseconds. */
const FULL_MS = 5;
const never = new Int32Array(new SharedArrayBuffer(4));

/** Writes all of `bytes`, at once and in order. Throws `BrokenPipe` when the reader has gone, else `OutputError`. */
export function writeAll(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) rest = rest.subarray(write(to, rest));
}

function write(to: { writeSync(bytes: Uint8Array): number }, bytes: Uint8Array): number {
  try {
    return to.writeSync(bytes);
  } catch (error) {
    // Whoever shares the pipe may have made it non-blocking; what is written next must still come after this.
    if (error instanceof Deno.errors.BrokenPipe) throw error;
    if (!(error instanceof Deno.errors.WouldBlock)) {
      throw new OutputError(`The output cannot be written: ${(error as Error).message}`, { cause: error });
    }
    Atomics.wait(never, 0, 0, FULL_MS);
    return 0;
  }
}
