/** Bare amqplib: durable messages, confirmed and acknowledged, and nothing else: no store, no result, no retries. */
import { Buffer } from "node:buffer";
import { connect } from "amqplib";

const QUEUE = "parley_bench_tasks";
const [role = "", url = "", count = "", bytes = ""] = Deno.args;
const connection = await connect(url, { noDelay: true });

if (role === "worker") {
  const channel = await connection.createChannel();
  await channel.assertQueue(QUEUE, { durable: true });
  await channel.prefetch(100);
  let done = 0;
  await channel.consume(QUEUE, (message) => {
    if (!message) return;
    JSON.parse(message.content.toString());
    channel.ack(message);
    done++;
  });
  console.log(JSON.stringify({ bench: { ready: true } }));
  let told = 0;
  setInterval(() => {
    if (done > told) console.log(JSON.stringify({ bench: { done: told = done } }));
  }, 10);
} else {
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue(QUEUE, { durable: true });
  const body = (number: number) => Buffer.from(JSON.stringify({ number, body: "x".repeat(Number(bytes)) }));
  console.log(JSON.stringify({ bench: { begun: true } }));
  for (let number = 0; number < Number(count); number += 500) {
    for (let index = number; index < Math.min(number + 500, Number(count)); index++) {
      channel.sendToQueue(QUEUE, body(index), { persistent: true });
    }
    await channel.waitForConfirms();
  }
  console.log(JSON.stringify({ bench: { confirmed: true } }));
  await connection.close();
}
