import assert from "node:assert/strict";
import { Hub } from "../testing/hub.ts";

Deno.test("/metrics and /api/stats count commands: those that go on, and how the others ended", async () => {
  await using hub = await Hub.open();
  await using agent = await hub.agent({ agent_id: "agent_1" });
  const ask = async (path: string, body: unknown = {}) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${hub.http}${path}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    return await response.json();
  };
  const done = await ask("/api/agents/agent_1/commands", { content: "df -h" });
  await ask("/api/agents/agent_1/commands", { content: "uptime" });
  const result = { message_type: "COMMAND_RESULT", command_id: done.command_id, success: true, exit_code: 0 };
  agent.send(result);
  await agent.type("COMMAND_RESULT_RESPONSE");
  const text = await (await fetch(`${hub.http}/metrics`)).text();
  assert.match(text, /^parley_commands\{status="running"\} 1$/m);
  assert.match(text, /^parley_commands_total\{status="succeeded"\} 1$/m);
  const { commands } = await (await fetch(`${hub.http}/api/stats`)).json();
  assert.deepEqual(commands, { open: { running: 1 }, ended: { succeeded: 1 } });
});
