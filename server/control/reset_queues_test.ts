/** What a reset keeps apart, and what it does when somebody cannot be told of it. */
import assert from "node:assert/strict";
import { createDeliveryFigures } from "../metrics.ts";
import type { Message } from "../../shared/model/message.ts";
import { BROKER_INPUT_QUEUE } from "../../shared/model/queue.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import type { WaitingRoom } from "../delivery/waiting_room.ts";
import type { Roster } from "../roster.ts";
import { Hub } from "../testing/hub.ts";
import { resetQueues } from "./reset_queues.ts";

const publish = (hub: Hub, message: Message) =>
  hub.bus.publish(BROKER_INPUT_QUEUE, {
    id: message.message_id!,
    headers: {},
    body: JSON.stringify(message),
  });

Deno.test("a reply and its pieces, which have one id, are put aside each", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  const reply = { message_id: "msg_r", sender_id: "agent_1", in_reply_to_message_id: "msg_q" };
  await publish(hub, { ...reply, message_type: "REPLY", text_payload: "whole" });
  await publish(hub, { ...reply, message_type: "REPLY_CHUNK", text_payload: "who", sequence: 0 });
  await publish(hub, { ...reply, message_type: "REPLY_CHUNK", text_payload: "le", sequence: 1 });
  const reset = await fetch(`${hub.http}/api/queues/reset`, { method: "POST" });
  assert.equal((await reset.json()).messages, 3);
  const { items } = await (await fetch(`${hub.http}/api/dead-letters`)).json();
  const kept = items.map(({ id, body }: { id: string; body: string }) => [id, JSON.parse(body).text_payload]);
  assert.deepEqual(kept.sort(), [["msg_r", "whole"], ["msg_r.0.0", "who"], ["msg_r.0.1", "le"]]);
});

Deno.test("a sender who cannot be told keeps nobody else from being told, and the counts are given all the same", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  const text = { message_type: "TEXT", sender_id: "web_1", text_payload: "x" } as const;
  for (const message_id of ["msg_1", "msg_2", "msg_3"]) await publish(hub, { ...text, message_id });
  const told: unknown[] = [];
  const tell = (error: Message) => {
    told.push(error.in_reply_to_message_id);
    return told.length === 1 ? Promise.reject(new Error("no")) : Promise.resolve();
  };
  const { bus, store } = hub;
  const roster = { list: () => [] } as unknown as Roster;
  const figures = createDeliveryFigures();
  const context = { bus, store, server: serverPrincipal("server_test"), roster, figures };
  const waiting = {} as WaitingRoom;
  const counts = await resetQueues({ context, waiting, tell }, "web_1");
  assert.deepEqual(counts, { broker_input_queue: 3 });
  assert.deepEqual(told, ["msg_1", "msg_2", "msg_3"]);
});
