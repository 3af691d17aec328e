import { strict as assert } from "node:assert";
import { ParleyError } from "../error.ts";
import { Outbox } from "./outbox.ts";

const isUnavailable = (error: unknown) => error instanceof ParleyError && error.code === "unavailable";

Deno.test("an outbox keeps what is not confirmed, oldest first, for sending again", async () => {
  const outbox = new Outbox<string>();
  const sent: [number, string][] = [];
  const send = (number: number, item: string) => void sent.push([number, item]);
  const [first, second] = [outbox.add("a", send), outbox.add("b", send)];
  const third = outbox.add("c", send);
  assert.deepEqual(sent, [[1, "a"], [2, "b"], [3, "c"]]);
  outbox.confirm(2);
  assert.deepEqual(outbox.entries(), [[1, "a"], [3, "c"]]);
  outbox.confirm(1);
  outbox.refuse(3, new ParleyError("forbidden", "No."));
  await Promise.all([first, second, assert.rejects(third, /No\./), outbox.empty()]);
  outbox.confirm(3);
  outbox.close();
});

Deno.test("an outbox refuses more than it may hold, what took too long, and the rest when it is closed", async () => {
  const outbox = new Outbox<string>({ maxWaiting: 2, timeoutMs: 20 });
  const waiting = [outbox.add("a", () => {}), outbox.add("b", () => {})];
  await assert.rejects(outbox.add("c", () => {}), isUnavailable);
  for (const one of waiting) await assert.rejects(one, isUnavailable);
  const last = outbox.add("d", () => {});
  outbox.close();
  await assert.rejects(last, isUnavailable);
});
