/** Whose a conversation is, who speaks in it, and what a change does to a message's text. */
import assert from "node:assert/strict";
import type { Principal } from "../../model/principal.ts";
import { changedBody, ownerOf, speakingAgent } from "./message_row.ts";

const server: Principal = { kind: "server", id: "server_1", tenantId: "default" };

const OWNERS: [
  kind: Principal["kind"],
  sender: string | null,
  receiver: string | null,
  owner: string | null,
][] = [
  ["person", "web_1", null, "ada"],
  ["server", "web_1", "agent_1", "web_1"],
  ["server", "agent_1", "web_2", "web_2"],
  ["server", "web_1", "web_2", "web_1"],
  ["server", "agent_1", "agent_2", null],
  ["agent", "agent_1", "web_2", "web_2"],
  ["server", null, null, null],
];

for (const [kind, sender_id, receiver_id, owner] of OWNERS) {
  Deno.test(`ownerOf() is ${owner} when a ${kind} adds ${sender_id} → ${receiver_id}`, () => {
    const principal: Principal = { ...server, kind, id: kind === "person" ? "ada" : "x" };
    assert.equal(ownerOf(principal, { message_type: "TEXT", sender_id, receiver_id }), owner);
  });
}

const SPEAKERS: [type: string, sender: string | null, agent: string | null][] = [
  ["REPLY", "agent_1", "agent_1"],
  ["REPLY", "my-own-id", "my-own-id"],
  ["TEXT", "agent_1", "agent_1"],
  ["TEXT", "web_1", null],
  ["TEXT", "my-own-id", null],
  ["REPLY", "web_1", null],
  ["ERROR", "agent_1", null],
  ["REPLY", null, null],
];

for (const [message_type, sender_id, agent] of SPEAKERS) {
  Deno.test(`speakingAgent() is ${agent} for a ${message_type} of ${sender_id}`, () =>
    assert.equal(speakingAgent({ message_type, sender_id }), agent));
}

Deno.test("changedBody() keeps fields nobody knows, and a field named __proto__", () => {
  const body = '{"message_type":"TEXT","__proto__":{"a":1},"x":[null]}';
  const changed = JSON.parse(changedBody(body, { state: "routed", receiver_id: "agent_1" }));
  assert.equal(JSON.stringify(changed), `${body.slice(0, -1)},"receiver_id":"agent_1"}`);
});
