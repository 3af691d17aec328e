/** Asks for tasks 500 at a time, twice at once, and tells how long it took until the last result was recorded, and what was seen. */
import { Agent } from "../../agent/mod.ts";
import { openBus } from "../../shared/bus/open.ts";
import { newId } from "../../shared/model/id.ts";
import { SERVER_INPUT_QUEUE } from "../../shared/model/queue.ts";

const AT_ONCE = 500;
/** So many calls are on their way, as with BullMQ's producer. */
const CALLS = 2;

const [server = "", tasks = "", bytes = "", busUrl = "", fails = ""] = Deno.args;
const count = Number(tasks);

const agent = new Agent({ name: "submitter", server });
await agent.start();
const submit = busUrl ? await byBus(busUrl) : byCall;
const stop = new AbortController();
const ended = new Map<string, string[]>();
const all = Promise.withResolvers<void>();
const watching = watch();

const from = performance.now();
let next = 0;
await Promise.all(Array.from({ length: CALLS }, async () => {
  while (next < count) {
    const first = next;
    next += AT_ONCE;
    await submit(
      Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, index) => taskOf(first + index)),
    );
  }
}));
const addedMs = performance.now() - from;
await all.promise;
const ms = performance.now() - from;
stop.abort();
await watching;
const seen = [...ended.values()];
const once = seen.filter((statuses) => statuses.length === 1 && statuses[0] === "completed").length;
console.log(JSON.stringify({ bench: { ms, addedMs, once } }));
await agent.stop();
Deno.exit(0);

type Asked = ReturnType<typeof taskOf>;

function taskOf(number: number) {
  const fits = fails && number % 10 === 0 ? { fails: true } : {};
  const parameters = { number, body: "x".repeat(Number(bytes)), ...fits };
  return { task_id: newId("task"), task_type: "bench", parameters };
}

async function watch(): Promise<void> {
  for await (
    const { task_id, status } of agent.tasks.watch({ onlyEnded: true, withoutParameters: true }, stop.signal)
  ) {
    ended.set(task_id, [...ended.get(task_id) ?? [], status]);
    if (ended.size === count) all.resolve();
  }
}

async function byCall(asked: Asked[]): Promise<void> {
  const refused = (await agent.tasks.submitAll(asked)).find((one) => typeof one !== "string");
  if (refused) throw refused;
}

/** As a broker passes them on: each is stored by the bus before it counts as asked for. */
async function byBus(url: string): Promise<(asked: Asked[]) => Promise<void>> {
  const bus = await openBus(url);
  return async (asked) => {
    await Promise.all(asked.map((task) => {
      const message = {
        message_type: "TASK_REQUEST",
        message_id: newId("msg"),
        sender_id: agent.id,
        ...task,
      };
      const envelope = { id: message.message_id, body: JSON.stringify(message), headers: {} };
      return bus.publish(SERVER_INPUT_QUEUE, envelope);
    }));
  };
}
