// One worker of BullMQ at a concurrency of 100; every tenth task fails once where that is asked for.
import { Worker } from "bullmq";
import { Redis } from "ioredis";

const [port, failing] = process.argv.slice(2);
const connection = new Redis(Number(port), { maxRetriesPerRequest: null });
const work = async (job) => {
  if (failing === "failing" && job.data.number % 10 === 0 && job.attemptsMade === 0) throw new Error("once");
  return { length: job.data.body.length };
};
const worker = new Worker("bench", work, { connection, concurrency: 100 });
await worker.waitUntilReady();
console.log(JSON.stringify({ bench: { ready: true } }));
process.on("SIGTERM", async () => {
  await worker.close();
  process.exit(0);
});
