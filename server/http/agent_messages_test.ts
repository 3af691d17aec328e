/** Reading over HTTP what one agent sent and received. */
import assert from "node:assert/strict";
import { Hub } from "../testing/hub.ts";
import { askFor, bearer } from "./testing/ask.ts";
import type { Frame } from "../testing/client.ts";

interface Body {
  items: Frame[];
  next_cursor: string | null;
  code: string;
  detail: string;
}
const ask: typeof askFor<Body> = askFor;

Deno.test("what an agent sent and received is listed, newest first, page by page, and nothing of others", async () => {
  await using hub = await Hub.open();
  await using _agent = await hub.agent({ agent_id: "agent_1" });
  await using _other = await hub.agent({ agent_id: "agent_2" });
  for (const [receiver_id, text_payload] of [["agent_1", "one"], ["agent_2", "two"], ["agent_1", "three"]]) {
    await ask(hub, "POST /api/messages?wait=10", { receiver_id, text_payload });
  }
  const first = await ask(hub, "GET /api/messages?agent=agent_1&limit=3");
  const more = await ask(hub, `GET /api/messages?agent=agent_1&limit=3&cursor=${first.body.next_cursor}`);
  const items = [...first.body.items, ...more.body.items];
  assert.deepEqual(items.map((item) => `${item.message_type} ${item.text_payload}`), [
    "REPLY heard: three",
    "TEXT three",
    "REPLY heard: one",
    "TEXT one",
  ]);
  assert.equal(more.body.next_cursor, null);
  assert.ok(items.every((item) => `${item.conversation_id}`.startsWith("conv_") && item.message_id));
  assert.ok(items.every((item) => Object.keys(item).every((name) => !name.startsWith("_"))));
});

Deno.test("a session is shown its own messages with an agent alone", async () => {
  await using hub = await Hub.open();
  await using _agent = await hub.agent({ agent_id: "agent_1" });
  await using ada = await hub.frontend();
  await using eve = await hub.frontend();
  await ask(hub, "POST /api/messages?wait=10", { text_payload: "mine" }, bearer(ada));
  const seenBy = async (headers?: Record<string, string>) =>
    (await ask(hub, "GET /api/messages?agent=agent_1", undefined, headers)).body.items.length;
  assert.deepEqual([await seenBy(bearer(ada)), await seenBy(bearer(eve)), await seenBy()], [2, 0, 2]);
});

Deno.test("a list of messages that does not say whose is refused, and so is what no agent is called", async () => {
  await using hub = await Hub.open();
  const CASES: [query: string, says: RegExp][] = [
    ["", /'agent': say the agent/],
    ["?agent=", /'agent': say the agent/],
    ["?agent=a%00b", /'agent'/],
    [`?agent=${"a".repeat(101)}`, /'agent'/],
    ["?agent=agent_1&limit=101", /'limit'/],
    ["?agent=agent_1&cursor=x", /'cursor'/],
  ];
  for (const [query, says] of CASES) {
    const { status, body } = await ask(hub, `GET /api/messages${query}`);
    assert.deepEqual([status, body.code], [422, "invalid_message"], query);
    assert.match(body.detail, says);
  }
});
