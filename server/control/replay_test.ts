import assert from "node:assert/strict";
import type { Message } from "../../shared/model/message.ts";
import { asNew, wayOf } from "./replay.ts";

const WAYS: Record<string, ReturnType<typeof wayOf>> = {
  broker_input_queue: { queue: "broker_input_queue" },
  server_input_queue: { queue: "server_input_queue" },
  broker_output_queue: { queue: "broker_output_queue" },
  agent_metadata_queue: { queue: "agent_metadata_queue" },
  // Nobody said where it was.
  dead_letter_queue: { queue: "broker_input_queue" },
  // Only the normal delivery writes to an agent's queue.
  agent_queue_agent_1: { queue: "server_input_queue", receiverId: "agent_1" },
};

for (const [queue, way] of Object.entries(WAYS)) {
  Deno.test(`wayOf() brings what was in ${queue} to ${way.queue}`, () => assert.deepEqual(wayOf(queue), way));
}

Deno.test("wayOf() refuses queues that are not this server's", () => {
  for (const queue of ["", "agent_queue_", "somebody_elses", "server_advertisement_queue"]) {
    assert.throws(() => wayOf(queue), { code: "invalid_message" });
  }
});

const GIVEN_UP: Message = {
  message_type: "TEXT",
  message_id: "msg_1",
  text_payload: "hi",
  x_unknown: 1,
  receiver_id: "agent_1",
  routing_status: "error",
  code: "cancelled",
  error_details: "Put aside.",
  routing_status_message: "Put aside.",
  _origin_queue: "broker_input_queue",
  attempt: 4,
  attempts: 4,
  _replay: "msg_earlier",
};

Deno.test("asNew() keeps the message, drops why it was given up, and marks it anew", () => {
  const { _replay, ...message } = asNew(GIVEN_UP, undefined);
  const kept = { message_type: "TEXT", message_id: "msg_1", text_payload: "hi", x_unknown: 1 };
  assert.deepEqual(message, { ...kept, receiver_id: "agent_1", routing_status: "pending" });
  assert.match(String(_replay), /^msg_/);
  assert.notEqual(_replay, "msg_earlier");
  const toAgent = asNew({ ...GIVEN_UP, receiver_id: null, if_offline: "error" }, "agent_2");
  // Whoever brings it back wants it to get there.
  const { receiver_id, routing_status, if_offline } = toAgent;
  assert.deepEqual([receiver_id, routing_status, if_offline], ["agent_2", "routed", "wait"]);
});
