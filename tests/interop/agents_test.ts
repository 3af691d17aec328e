// Two agents of strangers, who know of each other only what the protocol says.

import assert from "node:assert/strict";
import { AgentPeer } from "./agent_peer.ts";
import { liveTest } from "./live.ts";
import { freshId, type Message } from "./message.ts";

await liveTest({
  name: "two peers in TypeScript talk with each other",
  broker: true,
  run: async (system, step) => {
    await using asker = await AgentPeer.join(system, { name: "Asker" });
    await using other = await AgentPeer.join(system, { name: "Other" });
    const ask = async (fields: Partial<Message>) => {
      const message_id = freshId("msg");
      const question = {
        message_type: "TEXT",
        message_id,
        sender_id: asker.id,
        text_payload: "you?",
        ...fields,
      };
      await asker.queues.write("broker_input_queue", question);
      return message_id;
    };
    const answered = (id: string) =>
      asker.received.take(`answer to ${id}`, ({ message }) => message.in_reply_to_message_id === id);

    await step("an agent that is named gets the question, and its answer comes back", async () => {
      const id = await ask({ receiver_id: other.id });
      assert.equal((await other.asked(id)).message.sender_id, asker.id);
      assert.equal((await answered(id)).message.sender_id, other.id);
    });
    await step("an agent's question without a receiver never comes back to itself", async () => {
      const ids = await Promise.all(Array.from({ length: 8 }, () => ask({})));
      for (const id of ids) await other.asked(id);
      for (const id of ids) await answered(id);
      assert.deepEqual(asker.received.all.filter(({ message }) => message.message_type === "TEXT"), []);
    });
  },
});
