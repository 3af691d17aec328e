/** `deno task bench:tasks`: durable tasks end to end, beside BullMQ and bare amqplib, in turn in one run. */
import { parseArgs } from "node:util";
import { openBullMq, openParley, openRaw, type System } from "./systems.ts";
import { report, type Round } from "./report.ts";
import { openRedis } from "./redis.ts";
import { measureAssignments } from "./assignments.ts";

const ALL = [
  "bullmq",
  "redis",
  "redis-queue",
  "raw",
  "rabbitmq",
  "rabbitmq-queue",
  "sqlite",
  "failing",
  "killed",
  "assignments",
];

const HELP = `Usage: deno task bench:tasks [--rounds 5] [--tasks 20000] [--only NAME,…]

  --rounds N   rounds, each of every system in turn (5)
  --tasks N    tasks a round (20000), of 256 bytes
  --only A,B   of: ${ALL.join(", ")}

The two called -queue have tasks asked for, and answered, by the bus; the others by gRPC, as the library does it.`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    tasks: { type: "string", default: "20000" },
    only: { type: "string", default: ALL.join(",") },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  Deno.exit(0);
}

const rounds = Number(values.rounds);
const count = Number(values.tasks);
const only = new Set(values.only.split(","));
const amqpUrl = Deno.env.get("RABBITMQ_URL") ?? "amqp://guest:guest@127.0.0.1:5672";

await using resources = new AsyncDisposableStack();
const redis = resources.use(await openRedis());
const redisUrl = `redis://127.0.0.1:${redis.port}`;
const SYSTEMS: Record<string, () => Promise<System>> = {
  bullmq: () => openBullMq(redis.port),
  redis: () => openParley({ busUrl: redisUrl }),
  "redis-queue": () => openParley({ busUrl: redisUrl, throughBus: true }),
  raw: () => openRaw(amqpUrl),
  rabbitmq: () => openParley({ busUrl: amqpUrl }),
  "rabbitmq-queue": () => openParley({ busUrl: amqpUrl, throughBus: true }),
  sqlite: () => openParley({}),
  failing: () => openParley({ isFailing: true }),
  killed: () => openParley({ isKilling: true }),
};

const results = new Map<string, Round[]>();
for (let round = 1; round <= rounds; round++) {
  for (const [name, open] of Object.entries(SYSTEMS)) {
    if (!only.has(name)) continue;
    await using system = await open();
    const result = await system.run(count);
    results.set(name, [...results.get(name) ?? [], result]);
    console.log(
      `round ${round}  ${name.padEnd(14)} ${Math.round(count / result.ms * 1_000)} tasks/s${
        result.note ?? ""
      }`,
    );
  }
}
console.log(report(results, count));
if (only.has("assignments")) {
  const [few, many] = [measureAssignments(100), measureAssignments(100_000)];
  console.log(
    `one more assignment: ${few.toFixed(1)} µs with 100 waiting, ${many.toFixed(1)} µs with 100,000: ${
      (many / few).toFixed(2)
    } ×`,
  );
}
