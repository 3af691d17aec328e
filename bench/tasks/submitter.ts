/** Asks for tasks 500 at a time, and tells how long it took until the last end was heard of, and what was heard. */
import { newId } from "../../shared/model/id.ts";
import { askByBus, askByCall, type Asked } from "./asker.ts";

const AT_ONCE = 500;

const [server = "", tasks = "", bytes = "", busUrl = "", fails = ""] = Deno.args;
const count = Number(tasks);

const ended = new Map<string, string[]>();
const all = Promise.withResolvers<void>();
const asker = await (busUrl ? askByBus(server, busUrl, onEnded) : askByCall(server, onEnded));

const from = performance.now();
for (let number = 0; number < count; number += AT_ONCE) {
  const length = Math.min(AT_ONCE, count - number);
  await asker.submit(Array.from({ length }, (_, index) => taskOf(number + index)));
}
const addedMs = performance.now() - from;
await all.promise;
const ms = performance.now() - from;
await asker.stop();
const seen = [...ended.values()];
const once = seen.filter((statuses) => statuses.length === 1 && statuses[0] === "completed").length;
console.log(JSON.stringify({ bench: { ms, addedMs, once } }));
Deno.exit(0);

function taskOf(number: number): Asked {
  const fits = fails && number % 10 === 0 ? { fails: true } : {};
  const parameters = { number, body: "x".repeat(Number(bytes)), ...fits };
  return { task_id: newId("task"), task_type: "bench", parameters };
}

function onEnded(taskId: string, status: string): void {
  ended.set(taskId, [...ended.get(taskId) ?? [], status]);
  if (ended.size === count) all.resolve();
}
