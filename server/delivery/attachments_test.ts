/** Files that a message brings arrive with it at every end. */
import assert from "node:assert/strict";
import { joinAttachments } from "../../shared/model/attachment.ts";
import type { Frame } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";

const FILES = [{ name: "a.md", text: "# A\n```\n😀\n```" }, { name: "b.txt", text: "" }];
const ASKED = joinAttachments("What is this?", FILES);

async function kept(hub: Hub, conversationId: unknown): Promise<Frame[]> {
  const response = await fetch(`${hub.http}/api/conversations/${conversationId}/messages`);
  return (await response.json()).items;
}

Deno.test("attachments reach the agent, come back with its reply, and stand in the conversation", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" }, () => undefined);
  await using ada = await hub.frontend();
  ada.send({ message_type: "TEXT", message_id: "msg_1", receiver_id: "agent_1", ...ASKED });
  const asked = await agent.type("TEXT");
  assert.partialDeepStrictEqual(asked, ASKED as object);
  const { conversation_id } = asked;
  const about = { in_reply_to_message_id: "msg_1", conversation_id, receiver_id: asked.sender_id as string };
  agent.send({ message_type: "REPLY", message_id: "msg_2", ...about, ...ASKED });
  assert.partialDeepStrictEqual(await ada.type("REPLY"), ASKED as object);
  const items = await kept(hub, conversation_id);
  assert.deepEqual(items.map(({ message_id }) => message_id), ["msg_2", "msg_1"]);
  for (const item of items) assert.partialDeepStrictEqual(item, ASKED as object);
});

Deno.test("attachments of another form are left out, and their message goes its way", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" }, () => undefined);
  await using ada = await hub.frontend();
  const ODD = ["a.txt", [{ name: "a.txt" }], [{ name: "", length: 1 }], [{ name: "a", length: -1 }], [1]];
  for (const [index, attachments] of ODD.entries()) {
    ada.send({ message_type: "TEXT", text_payload: `${index}`, receiver_id: "agent_1", attachments });
    const { text_payload, attachments: seen } = await agent.type("TEXT");
    assert.deepEqual([text_payload, seen], [`${index}`, undefined]);
  }
});
