import { strict as assert } from "node:assert";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { Link } from "./amqp_link.ts";
import { Inbox } from "./conformance/inbox.ts";

/** Lets a link try a RabbitMQ that is away three times, and gives what it said. */
async function saidWhileAway(options: { sayAgainMs?: number } = {}): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  await configure({
    sinks: { memory: (record) => void records.push(record) },
    loggers: [
      { category: "parley", lowestLevel: "debug", sinks: ["memory"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: [] },
    ],
  });
  const states = new Inbox<string>();
  const link = new Link("amqp://127.0.0.1:1", {
    up: () => Promise.resolve(),
    down: () => {},
    onStateChange: (state) => states.put(state),
    ...options,
  });
  for (let tries = 0; tries < 3; tries++) await states.next();
  await link.close();
  await reset();
  return records;
}

Deno.test("a RabbitMQ that is away is warned of once, not at each try, and tried with growing pauses", async () => {
  const records = await saidWhileAway();
  assert.deepEqual(records.map(({ level }) => level), ["warning", "debug", "debug"]);
  for (const [index, { properties }] of records.entries()) {
    const longest = 100 * 2 ** index;
    const delayMs = properties.delayMs as number;
    assert.ok(delayMs >= longest / 2 && delayMs <= longest, `pause ${index + 1} is ${delayMs} ms`);
  }
});

Deno.test("a RabbitMQ that stays away is warned of again", async () => {
  const records = await saidWhileAway({ sayAgainMs: 1 });
  assert.deepEqual(records.map(({ level }) => level), ["warning", "warning", "warning"]);
});
