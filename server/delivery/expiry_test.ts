/** What has waited for a day, on a real store and bus. */
import assert from "node:assert/strict";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import type { Message } from "../../shared/model/message.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import { openStore } from "../../shared/store/open.ts";
import { RecentErrors } from "../figures/recent_errors.ts";
import type { DeliveryContext } from "./context.ts";
import { expire, WAIT_AT_MOST_MS } from "./expiry.ts";

const server = serverPrincipal("server_test");
const gone = { agent_id: "agent_gone", is_online: false, last_seen: "2026-01-01T00:00:00.000Z" };

const away = { agent_id: "agent_away", is_online: false, last_seen: new Date().toISOString() };
const here = { ...gone, agent_id: "agent_here", is_online: true };

async function withContext(run: (context: DeliveryContext) => Promise<void>): Promise<void> {
  await using bus = withRetry(await openBus("sqlite::memory:"));
  await using store = await openStore("sqlite::memory:");
  const roster = { list: () => [gone, away, here], here: { get: () => ({}) } };
  const isOurs = () => true;
  await run({ bus, store, server, roster, isOurs } as unknown as DeliveryContext);
}

function question(id: string): Message & { message_id: string; conversation_id: string } {
  return {
    message_id: id,
    message_type: "TEXT",
    conversation_id: "conv_1",
    sender_id: "web_ada",
    receiver_id: "agent_gone",
    text_payload: "still there?",
  };
}

Deno.test("expire() tells the sender of what waited for a day, keeps it as a dead letter, and leaves the rest", () =>
  withContext(async (given) => {
    const errors = new RecentErrors();
    const context = { ...given, errors };
    const { conversations, deadLetters } = context.store;
    await conversations.add(server, question("msg_waits1"), "waiting");
    const told: Message[] = [];
    const tell = (error: Message) => Promise.resolve(told.push(error));
    await expire(context, tell);
    assert.equal(told.length, 0, "it has not waited for a day");
    const tomorrow = Date.now() + WAIT_AT_MOST_MS + 1_000;
    await expire(context, tell, tomorrow);
    await expire(context, tell, tomorrow);
    assert.partialDeepStrictEqual(told, [{
      message_type: "ERROR",
      code: "agent_offline",
      in_reply_to_message_id: "msg_waits1",
      receiver_id: "web_ada",
      text_payload: "still there?",
    }]);
    assert.equal((await conversations.get(server, "msg_waits1"))?.state, "error");
    const { items } = await deadLetters.list(server, { limit: 10 });
    assert.deepEqual(items.map(({ id, queue }) => [id, queue]), [["msg_waits1", "agent_queue_agent_gone"]]);
    assert.partialDeepStrictEqual(errors.list({ limit: 10 }).items, [
      { what: "dead_letter", id: "msg_waits1", code: "agent_offline", agent_id: "agent_gone" },
    ]);
  }));

Deno.test("expire() empties the queue of an agent that is long gone, whatever lies in it", () =>
  withContext(async (context) => {
    const bodies = ["no JSON", JSON.stringify(question("msg_queued"))];
    for (const body of bodies) {
      await context.bus.publish("agent_queue_agent_gone", { id: crypto.randomUUID(), body, headers: {} });
    }
    for (const { agent_id } of [away, here]) {
      const envelope = { id: agent_id, body: JSON.stringify(question("msg_stays1")), headers: {} };
      await context.bus.publish(`agent_queue_${agent_id}`, envelope);
    }
    const told: Message[] = [];
    await expire(context, (error) => Promise.resolve(told.push(error)));
    assert.deepEqual(told.map((error) => error.in_reply_to_message_id), ["msg_queued"]);
    const stats = await context.bus.stats();
    const left = Object.fromEntries(stats.map(({ queue, ready, inFlight }) => [queue, ready + inFlight]));
    assert.deepEqual(left, {
      agent_queue_agent_gone: 0,
      agent_queue_agent_away: 1,
      agent_queue_agent_here: 1,
      dead_letter_queue: 1,
    });
  }));
