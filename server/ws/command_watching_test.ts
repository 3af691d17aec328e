/** How frontends watch commands, however much these print and however slowly those read. */
import { strict as assert } from "node:assert";
import type { CommandRecord } from "../../shared/model/command.ts";
import type { Frame } from "../testing/client.ts";
import { Hub } from "../testing/hub.ts";
import { openRaw } from "../testing/raw_socket.ts";

const command = (frame: Frame) => frame.command as CommandRecord;

type Person = Awaited<ReturnType<Hub["frontend"]>>;

/** Has `agent_1` run a command that the person of a frontend asked for. */
async function run(hub: Hub, person: Person, asked: object = {}): Promise<string> {
  const authorization = `Bearer ${person.registration.session_token}`;
  const response = await fetch(`${hub.http}/api/agents/agent_1/commands`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization },
    body: JSON.stringify({ content: "yes", ...asked }),
  });
  return (await response.json()).command_id;
}

Deno.test("a subscription that is none is refused, and 100 are enough", async () => {
  await using hub = await Hub.open();
  await using ada = await hub.frontend();
  const bad = await ada.ask({ message_type: "SUBSCRIBE_COMMANDS", command_id: 5 as never }, "ERROR");
  assert.deepEqual([bad.code, bad.text_payload.includes("command_id")], ["invalid_message", true]);
  for (let index = 0; index <= 100; index++) {
    ada.send({ message_type: "SUBSCRIBE_COMMANDS", agent_id: `agent_${index}` });
  }
  assert.equal((await ada.type("ERROR")).code, "rate_limited");
});

Deno.test("a frontend that asks for the long outputs of many commands at once is shown all, and not closed", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" });
  await using ada = await hub.frontend();
  const ids = Array.from({ length: 12 }, (_, index) => `cmd_${index}`);
  const text = "x".repeat(500_000);
  for (const command_id of ids) {
    await run(hub, ada, { command_id });
    for (const sequence of [0, 1]) {
      agent.send({ message_type: "COMMAND_REPORT", command_id, output: { sequence, text } });
    }
  }
  const bare = { message_type: "COMMAND_RESULT", command_id: "cmd_none", success: true };
  await agent.ask(bare, "ERROR");
  ada.send({ message_type: "SUBSCRIBE_COMMANDS" });
  const shown = new Set<string>();
  while (shown.size < ids.length) {
    const { command_id, output } = command(await ada.type("COMMAND_UPDATE"));
    assert.equal(output.length, 1_000_000);
    shown.add(command_id);
  }
});

Deno.test("a frontend that does not read holds nobody up, and is not closed for it", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" });
  await using reader = await hub.frontend();
  using slow = await openRaw(hub.server.httpPort);
  const token = reader.registration.session_token;
  await slow.send({ message_type: "REGISTER_FRONTEND", frontend_name: "S", session_token: token });
  await slow.send({ message_type: "SUBSCRIBE_COMMANDS" });
  reader.send({ message_type: "SUBSCRIBE_COMMANDS" });
  const command_id = await run(hub, reader);
  const text = "x".repeat(100_000);
  for (let sequence = 0; sequence < 200; sequence++) {
    agent.send({ message_type: "COMMAND_REPORT", command_id, output: { sequence, text } });
  }
  agent.send({ message_type: "COMMAND_RESULT", command_id, success: true });
  const { output, truncated_bytes } = command(
    await reader.next((frame) =>
      frame.message_type === "COMMAND_UPDATE" && command(frame).status === "succeeded"
    ),
  );
  assert.ok(output.length <= 1_048_576);
  assert.equal(new TextEncoder().encode(output.replace(/\n….*…\n/, "")).length + truncated_bytes, 20_000_000);
  const stats = await (await fetch(`${hub.http}/api/stats`)).json();
  assert.equal(stats.sockets.frontend, 2);
});
