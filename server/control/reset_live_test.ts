/** Resetting all queues on a real RabbitMQ, the whole way: more than a page, into the dead letters, and back. */
import assert from "node:assert/strict";
import type { Delivery } from "../../shared/bus/bus.ts";
import { collecting } from "../../shared/bus/conformance/inbox.ts";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { missingRabbit, virtualHost } from "../../shared/bus/testing/rabbitmq.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { BROKER_INPUT_QUEUE } from "../../shared/model/queue.ts";
import type { DeadLetter } from "../../shared/model/dead_letter.ts";
import type { Store } from "../../shared/store/store.ts";
import { Hub } from "../testing/hub.ts";

const server = serverPrincipal("server_test");
const missing = await missingRabbit();
/** How many messages of how many bytes. */
const CASES: [count: number, bytes: number][] = [[300, 500], [250, 5_000]];

async function lettersOf({ deadLetters }: Store): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  let cursor: string | undefined;
  do {
    const page = await deadLetters.list(server, { limit: 100, ...(cursor ? { cursor } : {}) });
    letters.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return letters;
}

async function post(hub: Hub, path: string) {
  const response = await fetch(`${hub.http}${path}`, { method: "POST" });
  return { status: response.status, ...await response.json() };
}

/** Works on some at a time. */
async function each(ids: string[], work: (id: string) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < ids.length; at += 25) await Promise.all(ids.slice(at, at + 25).map(work));
}

async function resetAndBringBack(hub: Hub, [count, bytes]: [number, number]): Promise<void> {
  await using ada = await hub.frontend();
  const ids = Array.from({ length: count }, (_, index) => `msg_${index}`);
  await each(ids, async (message_id) => {
    ada.send({ message_type: "TEXT", message_id, text_payload: message_id.padEnd(bytes, ".") });
    await ada.status(message_id, "pending");
  });
  const { queues, messages } = await post(hub, "/api/queues/reset");
  assert.deepEqual([queues, messages], [{ [BROKER_INPUT_QUEUE]: count }, count]);
  const letters = await lettersOf(hub.store);
  assert.deepEqual(letters.map(({ id }) => id).sort(), [...ids].sort());
  assert.ok(letters.every(({ body }) => body.length > bytes));
  await each(ids, async (id) => assert.equal((await ada.answer(id, "ERROR")).code, "cancelled"));
  assert.equal((await hub.store.conversations.get(server, "msg_7"))?.state, "error");
  assert.equal((await post(hub, "/api/queues/reset")).messages, 0);
  await each(ids, async (id) => {
    assert.equal((await post(hub, `/api/dead-letters/${id}/replay`)).status, 200);
  });
  assert.deepEqual(await lettersOf(hub.store), []);
  const { handler, inbox } = collecting();
  await using _broker = await hub.bus.consume(BROKER_INPUT_QUEUE, handler);
  const brought = await inbox.take(count);
  const textOf = ({ envelope }: Delivery) =>
    JSON.parse(String(envelope.body)).text_payload.replaceAll(".", "");
  assert.deepEqual(brought.map(textOf).sort(), [...ids].sort());
  assert.ok(brought.every(({ attempt }) => attempt === 1));
}

for (const queueType of ["classic", "quorum"] as const) {
  for (const [count, bytes] of CASES) {
    const host = missing ? undefined : virtualHost(queueType);
    Deno.test({
      name: `${count} messages of ${bytes} B on ${queueType} queues are all put aside and brought back${
        missing ? ` (${missing})` : ""
      }`,
      ignore: missing !== undefined,
      fn: async () => {
        await using bus = withRetry(await openBus(host!.url()), { firstDelayMs: 1 });
        await using hub = await Hub.open({ bus, hasBroker: false, env: { RATE_LIMIT_PER_SECOND: "100000" } });
        await resetAndBringBack(hub, [count, bytes]);
      },
    });
  }
}
