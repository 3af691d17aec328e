import { strict as assert } from "node:assert";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { Link } from "./amqp_link.ts";
import { Inbox } from "./conformance/inbox.ts";

Deno.test("a RabbitMQ that is away is warned of once, not at each try", async () => {
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
  });
  for (let tries = 0; tries < 3; tries++) await states.next();
  await link.close();
  await reset();
  assert.deepEqual(records.map(({ level }) => level), ["warning", "debug", "debug"]);
});
