// Strangers that hand each other work over RabbitMQ: plain JSON in queues, and nothing known of streams of tasks.

import assert from "node:assert/strict";
import { AgentPeer } from "./agent_peer.ts";
import { AT_ONCE_MS } from "./inbox.ts";
import { liveTest } from "./live.ts";
import { freshId, type Message } from "./message.ts";

/** Asks for a task as the user's documents do. */
function ask(boss: AgentPeer, fields: Partial<Message> = {}): Promise<void> {
  return boss.queues.write("broker_input_queue", {
    message_type: "task_request",
    message_id: freshId("msg"),
    sender_id: boss.id,
    content: { task_type: "sum", parameters: { numbers: [1, 2] }, required_capabilities: ["chat"] },
    ...fields,
  });
}

/** Takes what arrived of a type. */
const next = async (peer: AgentPeer, type: string, withinMs?: number) =>
  (await peer.received.take(type, ({ message }) => message.message_type === type, withinMs)).message;

/** Answers as the documents' worker does: without knowing of attempts. */
function complete(worker: AgentPeer, given: Message, result: unknown): Promise<void> {
  return worker.queues.write("broker_input_queue", {
    message_type: "task_response",
    message_id: `response-${given.message_id}`,
    sender_id: worker.id,
    receiver_id: given.sender_id!,
    content: { task_id: given.task_id, status: "completed", result, completion_percentage: 100 },
  });
}

await liveTest({
  name: "peers in TypeScript hand each other tasks over RabbitMQ",
  broker: true,
  run: async (system, step) => {
    await using boss = await AgentPeer.join(system, { name: "Boss" });
    const worker = await AgentPeer.join(system, { name: "Worker" });
    await step(
      "who is named gets the task in its queue, and who asked is told the result in its own",
      async () => {
        const message_id = freshId("msg");
        await ask(boss, { message_id, receiver_id: worker.id });
        const given = await next(worker, "TASK_REQUEST");
        assert.equal(given.sender_id, boss.id);
        assert.deepEqual(given.parameters, { numbers: [1, 2] });
        await complete(worker, given, 3);
        const told = await next(boss, "TASK_RESPONSE");
        assert.deepEqual([told.in_reply_to_message_id, told.status, told.result], [
          message_id,
          "completed",
          3,
        ]);
      },
    );
    await step("it has one at a time, as it did not say that it takes more", async () => {
      for (const task_id of ["task_1st", "task_2nd"]) {
        await ask(boss, { task_id, content: { task_type: "sum", preferred_agent: worker.id, priority: 2 } });
      }
      const first = await next(worker, "TASK_REQUEST");
      await worker.heartbeat("active");
      assert.equal(worker.received.all.filter(({ message }) => message.task_id === "task_2nd").length, 0);
      await complete(worker, first, 1);
      const second = await next(worker, "TASK_REQUEST");
      assert.deepEqual([first.task_id, second.task_id], ["task_1st", "task_2nd"]);
      await complete(worker, second, 2);
      for (let ended = 0; ended < 2; ended++) await next(boss, "TASK_RESPONSE");
    });
    await step("when it is gone another has its task at once", async () => {
      await ask(boss, { task_id: "task_left", receiver_id: worker.id });
      assert.equal((await next(worker, "TASK_REQUEST")).attempt, 1);
      await worker[Symbol.asyncDispose]();
      const given = await next(boss, "TASK_REQUEST", AT_ONCE_MS);
      assert.deepEqual([given.task_id, given.attempt], ["task_left", 2]);
      await complete(boss, given, "done");
      assert.equal((await next(boss, "TASK_RESPONSE")).result, "done");
    });
    await step("what is wrong with a request is told in the asker's queue", async () => {
      await ask(boss, { message_id: "msg_wrong", content: { task_type: "sum", parameters: [1] } });
      const error = await next(boss, "ERROR");
      assert.deepEqual([error.code, error.in_reply_to_message_id], ["invalid_message", "msg_wrong"]);
      assert.match(error.error_details ?? "", /parameters/);
    });
  },
});
