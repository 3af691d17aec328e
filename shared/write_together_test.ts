import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { writeTogether } from "./write_together.ts";

/** Records what each system call would have carried. */
function recorded() {
  const calls: string[] = [];
  const socket = new Writable({
    write: (chunk, _encoding, done) => (calls.push(String(chunk)), done()),
    writev: (chunks, done) => (calls.push(chunks.map(({ chunk }) => String(chunk)).join("")), done()),
  });
  return { calls, socket: writeTogether(socket) };
}

Deno.test("writeTogether() has the writes of one turn leave together, and those of the next by themselves", async () => {
  const { calls, socket } = recorded();
  socket.write("a");
  socket.write("b");
  await Promise.resolve();
  socket.write("c");
  assert.deepEqual(calls, []);
  await setImmediate();
  assert.deepEqual(calls, ["abc"]);
  socket.write("d");
  await setImmediate();
  assert.deepEqual(calls, ["abc", "d"]);
});

Deno.test("writeTogether() loses nothing of a socket that is ended in the same turn", async () => {
  const { calls, socket } = recorded();
  const finished = new Promise<void>((resolve) => socket.once("finish", resolve));
  socket.write("a");
  socket.end("b");
  await finished;
  assert.deepEqual(calls, ["ab"]);
});
