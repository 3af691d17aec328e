import assert from "node:assert/strict";
import { ID, started } from "../testing/ada.ts";
import { TestHub } from "../testing/hub.ts";

for (const message_type of ["TASK_REQUEST", "TASK_ASSIGNMENT"]) {
  Deno.test(`Agent gives a ${message_type} in its queue back to its sender, by the same message each time`, async () => {
    await using hub = await TestHub.start();
    await using _agent = await started(hub, () => "never asked");
    const request = {
      message_type,
      message_id: "task_a:2",
      sender_id: "agent_boss",
      content: { task_id: "task_a", task_type: "carve", attempt: 2 },
    };
    await hub.give(ID, request);
    const answer = await hub.sent.next();
    assert.partialDeepStrictEqual(answer, {
      message_type: "TASK_RESPONSE",
      sender_id: ID,
      receiver_id: "agent_boss",
      in_reply_to_message_id: "task_a:2",
      task_id: "task_a",
      attempt: 2,
      status: "failed",
      code: "unsupported_type",
    });
    assert.match(String(answer.error_message), /takes no tasks from its queue/);
    await hub.give(ID, request);
    assert.equal((await hub.sent.next()).message_id, answer.message_id);
  });
}
