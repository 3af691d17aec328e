import { strict as assert } from "node:assert";
import { sayAgain } from "./echo_task.ts";

Deno.test("sayAgain() says a text as often as it is asked to, and tells how far it is", async () => {
  const told: [number, unknown][] = [];
  const { signal } = new AbortController();
  const progress = (fraction: number, note?: string) => void told.push([fraction, note]);
  const parameters = { text: "hi", times: 2, pause_s: 0 };
  assert.deepEqual(await sayAgain({ parameters, progress, signal }), { said: ["hi", "hi"] });
  assert.deepEqual(told, [[0.5, "1 of 2"], [1, "2 of 2"]]);
});

Deno.test("sayAgain() ends when nobody wants it any more", async () => {
  const stopped = new AbortController();
  const parameters = { text: "hi", times: 20, pause_s: 10 };
  const said = sayAgain({ parameters, progress: () => {}, signal: stopped.signal });
  stopped.abort(new Error("enough"));
  await assert.rejects(said, /enough/);
});
