/** Whose a conversation is, who speaks in it, and what a change does to a message's text. */
import assert from "node:assert/strict";
import type { Principal } from "../../model/principal.ts";
import { fromRow, ownerOf, speakingAgent } from "./message_row.ts";

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

Deno.test("fromRow() lays what has changed over the message, and keeps fields nobody knows", () => {
  const body = '{"message_type":"TEXT","__proto__":{"a":1},"x":[null],"routing_status":"pending"}';
  const row = {
    body,
    position: 1,
    accepted_at: "2026",
    state: "error",
    receiver_id: "agent_1",
    routing_status: "error",
    code: "agent_offline",
    error_details: "Gone.",
  } as const;
  const { message } = fromRow(row);
  const changes =
    '"receiver_id":"agent_1","code":"agent_offline","error_details":"Gone.","routing_status_message":"Gone."';
  assert.equal(JSON.stringify(message), `${body.replace("pending", "error").slice(0, -1)},${changes}}`);
  const untouched = { ...row, receiver_id: null, routing_status: null, code: null, error_details: null };
  assert.equal(JSON.stringify(fromRow(untouched).message), body);
});
