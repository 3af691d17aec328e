/** Which frames travel together. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { FrameWriter } from "./frame_writer.ts";

/** Resolves after what this turn of the event loop has planned for its end. */
const endOfTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

function record() {
  const written: number[][] = [];
  return { written, writer: new FrameWriter<number>((frames) => written.push(frames)) };
}

Deno.test("FrameWriter writes the first frame at once and the rest of the turn together, in order", async () => {
  const { written, writer } = record();
  for (const frame of [1, 2, 3]) writer.send(frame);
  assert.deepEqual(written, [[1]]);
  await endOfTurn();
  assert.deepEqual(written, [[1], [2, 3]]);
  writer.send(4);
  assert.deepEqual(written, [[1], [2, 3], [4]]);
  await endOfTurn();
});

Deno.test("FrameWriter does not gather more than a message may have", async () => {
  const { written, writer } = record();
  for (const frame of [1, 2, 3, 4]) writer.send(frame, 200_000);
  assert.deepEqual(written, [[1], [2], [3]]);
  await endOfTurn();
  assert.deepEqual(written, [[1], [2], [3], [4]]);
});

Deno.test("FrameWriter.flush() writes what is gathered, and disposing forgets it", async () => {
  const { written, writer } = record();
  for (const frame of [1, 2]) writer.send(frame);
  writer.flush();
  assert.deepEqual(written, [[1], [2]]);
  for (const frame of [3, 4]) writer.send(frame);
  writer[Symbol.dispose]();
  await endOfTurn();
  assert.deepEqual(written, [[1], [2], [3]]);
});
