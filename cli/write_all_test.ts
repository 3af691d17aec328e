import assert from "node:assert/strict";
import { OutputError } from "./fault.ts";
import { writeAll } from "./write_all.ts";

Deno.test("writeAll() writes everything in order to a pipe that takes little, and now and then nothing", () => {
  const written: number[] = [];
  let turn = 0;
  const pipe = {
    writeSync(bytes: Uint8Array): number {
      if (turn++ % 2 === 0) throw new Deno.errors.WouldBlock();
      written.push(...bytes.subarray(0, 3));
      return Math.min(3, bytes.length);
    },
  };
  writeAll(pipe, new Uint8Array([1, 2, 3, 4, 5, 6, 7]));
  assert.deepEqual(written, [1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("writeAll() throws when the reader has gone", () => {
  const gone = {
    writeSync(): number {
      throw new Deno.errors.BrokenPipe();
    },
  };
  assert.throws(() => writeAll(gone, new Uint8Array(1)), Deno.errors.BrokenPipe);
});

Deno.test("writeAll() says why the output cannot be written", () => {
  const full = {
    writeSync(): number {
      throw new Error("No space left on device (os error 28)");
    },
  };
  assert.throws(
    () => writeAll(full, new Uint8Array(1)),
    (error) => error instanceof OutputError && /cannot be written: No space left/.test(error.message),
  );
});
