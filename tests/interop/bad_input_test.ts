// What no well-behaved client sends, and what the server answers to it.

import assert from "node:assert/strict";
import { FrontendPeer } from "./frontend_peer.ts";
import { liveTest } from "./live.ts";
import type { Message } from "./message.ts";
import { Socket } from "./socket.ts";
import type { System } from "./system.ts";

const MIB = 1024 * 1024;

const text = (fields: object) => JSON.stringify({ message_type: "TEXT", text_payload: "hi", ...fields });

const CASES: { sent: string; frame: string; code: string; names?: string }[] = [
  { sent: "no JSON", frame: "{ not json", code: "invalid_json" },
  { sent: "nothing", frame: "", code: "invalid_json" },
  { sent: "a number", frame: "42", code: "invalid_message" },
  { sent: "a list", frame: "[]", code: "invalid_message" },
  { sent: "no message_type", frame: `{"text_payload":"hi"}`, code: "invalid_message", names: "message_type" },
  {
    sent: "a text that is a number",
    frame: text({ text_payload: 42 }),
    code: "invalid_message",
    names: "text_payload",
  },
  { sent: "priority 9", frame: text({ priority: 9 }), code: "invalid_message", names: "priority" },
  {
    sent: "if_offline sometimes",
    frame: text({ if_offline: "sometimes" }),
    code: "invalid_message",
    names: "if_offline",
  },
  {
    sent: "a receiver that is a list",
    frame: text({ receiver_id: [] }),
    code: "invalid_message",
    names: "receiver_id",
  },
  {
    sent: "a type that nobody knows",
    frame: text({ message_type: "RIDDLE" }),
    code: "unsupported_type",
    names: "RIDDLE",
  },
];

await liveTest({
  name: "a peer in TypeScript sends what no frontend should",
  broker: false,
  run: async (system, step) => {
    await using frontend = await FrontendPeer.join(system.ws, "Ada");
    for (const { sent, frame, code, names } of CASES) {
      await step(`${sent} is answered with ${code}, and the connection stays`, async () => {
        frontend.socket.sendRaw(frame);
        const error = await frontend.socket.next("ERROR");
        assert.equal(error.code, code);
        if (names) assert.match(`${error.text_payload} ${error.error_details}`, new RegExp(names));
        await frontend.socket.ask({ message_type: "PING" }, "PONG");
      });
    }
    await step("an unknown type is told in the protocol's own words", async () => {
      const error = await frontend.socket.ask({ message_type: "X_RAY" }, "ERROR");
      assert.equal(error.text_payload, "Error: Unsupported message type 'X_RAY' received.");
    });
    await step("almost 1 MiB is taken, and more closes with 1009", async () => {
      const id = frontend.say("a".repeat(MIB - 1_000));
      await frontend.status(id, "pending");
      frontend.say("a".repeat(MIB));
      assert.equal(await frontend.socket.closed, 1009);
    });
    await step("whoever does not register first is told so and closed with 1008", () => isTurnedAway(system));
    await step("a registration without frontend_name can be made good", () => makesGood(system));
    await step("a page of a foreign origin is refused", async () => {
      assert.equal(await upgradeStatus(system, "http://evil.example"), 403);
      assert.equal(await upgradeStatus(system, "http://localhost:8000"), 101);
    });
  },
});

async function isTurnedAway(system: System): Promise<void> {
  const firsts: Message[] = [{ message_type: "TEXT", text_payload: "hi" }, {
    message_type: "REQUEST_AGENT_STATUS",
  }];
  for (const first of firsts) {
    await using socket = await Socket.open(system.ws, "unregistered");
    const error = await socket.ask(first, "ERROR");
    assert.equal(error.code, "not_registered");
    assert.equal(await socket.closed, 1008);
  }
}

async function makesGood(system: System): Promise<void> {
  await using socket = await Socket.open(system.ws, "nameless");
  const error = await socket.ask({ message_type: "REGISTER_FRONTEND" }, "ERROR");
  assert.equal(error.code, "invalid_message");
  assert.match(`${error.text_payload} ${error.error_details}`, /frontend_name/);
  const good = { message_type: "REGISTER_FRONTEND", frontend_name: "Ada" };
  assert.equal((await socket.ask(good, "REGISTER_FRONTEND_RESPONSE")).status, "success");
}

/** Asks for a WebSocket as a browser's page at `origin` would, and resolves with the HTTP status. */
async function upgradeStatus(system: System, origin: string): Promise<number> {
  const { host, hostname, port } = new URL(system.http);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [
    "GET /ws HTTP/1.1",
    `Host: ${host}`,
    `Origin: ${origin}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  const answer = new Uint8Array(256);
  const length = await connection.read(answer) ?? 0;
  return Number(new TextDecoder().decode(answer.subarray(0, length)).split(" ")[1]);
}
