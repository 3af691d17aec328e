import { strict as assert } from "node:assert";
import { Alarm } from "./alarm.ts";

Deno.test("an alarm rings for each item in the order of their times, never early", async () => {
  const done = Promise.withResolvers<void>();
  const rung: [string, number][] = [];
  const alarm = new Alarm<string>((items) => {
    for (const item of items) rung.push([item, Date.now()]);
    if (rung.length === 4) done.resolve();
  });
  const start = Date.now();
  for (const [item, afterMs] of [["c", 60], ["a", 5], ["d", 90], ["b", 30]] as const) {
    alarm.set(start + afterMs, item);
  }
  await done.promise;
  assert.deepEqual(rung.map(([item]) => item), ["a", "b", "c", "d"]);
  for (const [index, afterMs] of [5, 30, 60, 90].entries()) assert.ok(rung[index]![1] >= start + afterMs);
});

Deno.test("an alarm that was cleared keeps no timer", () => {
  const alarm = new Alarm<string>(() => assert.fail("it rang"));
  alarm.set(Date.now() + 10_000, "x");
  alarm.set(Date.now() + 10 ** 12, "beyond what a timer takes");
  alarm.clear();
});
