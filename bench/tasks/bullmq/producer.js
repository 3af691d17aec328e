// Adds jobs 500 at a time, and tells how long it took until the last one was completed.
import { Queue } from "bullmq";
import { Redis } from "ioredis";

const [port, count, bytes] = process.argv.slice(2).map(Number);
const connection = new Redis(port, { maxRetriesPerRequest: null });
const queue = new Queue("bench", { connection });
const from = performance.now();
for (let number = 0; number < count; number += 500) {
  const jobs = Array.from({ length: Math.min(500, count - number) }, (_, index) => ({
    name: "bench",
    data: { number: number + index, body: "x".repeat(bytes) },
    opts: { attempts: 4, backoff: { type: "exponential", delay: 500 } },
  }));
  await queue.addBulk(jobs);
}
const addedMs = performance.now() - from;
while (await queue.getCompletedCount() < count) await new Promise((resolve) => setTimeout(resolve, 10));
const ms = performance.now() - from;
// What is left would count as done in the next round; whoever reads the figure ends this process.
await queue.obliterate({ force: true });
console.log(JSON.stringify({ bench: { ms, addedMs } }));
process.exit(0);
