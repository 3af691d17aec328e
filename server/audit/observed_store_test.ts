import assert from "node:assert/strict";
import { createFileLogger } from "../../shared/audit/file_logger.ts";
import { TestFolder } from "../../shared/audit/testing/folder.ts";
import { serverPrincipal } from "../../shared/model/principal.ts";
import type { PresenceChange } from "../../shared/model/presence.ts";
import { openStore } from "../../shared/store/open.ts";
import type { Store } from "../../shared/store/store.ts";
import { waiting } from "../command/testing/record.ts";
import { eventOf, observedStore } from "./observed_store.ts";

const SERVER = serverPrincipal("server_1");

Deno.test("eventOf() names a change of presence by how it was before", () => {
  const cases: [boolean, string, "online" | "offline" | undefined, string][] = [
    [true, "registered", undefined, "registered"],
    [true, "registered", "online", "registered"],
    [true, "heard of again", "offline", "online"],
    [true, "reported", "online", "status_change"],
    [false, "timed out", "online", "offline"],
    [false, "paused by web_1", "offline", "status_change"],
    [false, "server restarted", undefined, "offline"],
  ];
  for (const [is_online, reason, before, event] of cases) {
    assert.equal(eventOf({ is_online, reason }, before), event, `${reason}, ${before}`);
  }
});

Deno.test("what the store refuses to keep is not logged", async () => {
  await using folder = await TestFolder.make();
  await using logger = createFileLogger(folder.path);
  await using real = await openStore("sqlite::memory:");
  const broken: Store = Object.create(real, {
    history: { value: { add: () => Promise.reject(new Error("The disk is full.")) } },
  });
  const store = observedStore(broken, logger, () => undefined);
  const change: PresenceChange = {
    id: "agent_1",
    kind: "agent",
    at: "2024-01-15T12:00:00.000Z",
    status: "idle",
    is_online: true,
    reason: "registered",
  };
  await assert.rejects(store.history.add(SERVER, [change]), /disk is full/);
  await observedStore(real, logger, () => undefined).history.add(SERVER, [{ ...change, id: "agent_2" }]);
  await logger.flush();
  assert.deepEqual((await folder.entries()).map(({ agent_id }) => agent_id), ["agent_2"]);
});

Deno.test("a dead letter that is no message is logged by its id, and what it says is not", async () => {
  await using folder = await TestFolder.make();
  await using logger = createFileLogger(folder.path);
  await using real = await openStore("sqlite::memory:");
  const { deadLetters } = observedStore(real, logger, () => undefined);
  const letter = { queue: "q", code: "invalid_json", reason: "No JSON.", at: "2024-01-15T12:00:00.000Z" };
  await deadLetters.add(SERVER, { ...letter, id: "msg_1", body: "secret: not JSON" });
  const body = JSON.stringify({
    message_type: "TEXT",
    message_id: "msg_2",
    sender_id: "web_1",
    text_payload: "secret",
  });
  await deadLetters.add(SERVER, { ...letter, id: "msg_2", body });
  await logger.flush();
  const entries = await folder.entries("message_audit");
  assert.deepEqual(
    entries.map(({ event, message_id, from_agent, code }) => [event, message_id, from_agent, code]),
    [["dead_letter", "msg_1", null, "invalid_json"], ["dead_letter", "msg_2", "web_1", "invalid_json"]],
  );
  assert.doesNotMatch(JSON.stringify(entries), /secret/);
});

Deno.test("a command is logged with each status, and its time when it has ended, but not what it is or prints", async () => {
  await using folder = await TestFolder.make();
  await using logger = createFileLogger(folder.path);
  await using real = await openStore("sqlite::memory:");
  const { commands } = observedStore(real, logger, () => undefined);
  await commands.add(SERVER, waiting({ content: "cat secret" }));
  await commands.change(SERVER, "cmd_1", { cancel_asked_at: "2024-01-15T12:00:00.000Z" });
  const ended = { status: "succeeded", output: "secret", exit_code: 0, execution_time_ms: 12 } as const;
  await commands.change(SERVER, "cmd_1", ended);
  await commands.change(SERVER, "cmd_unknown", ended);
  await logger.flush();
  const activity = await folder.entries("agent_activity");
  assert.deepEqual(
    activity.map(({ agent_id, event, data }) => [agent_id, event, data.command_id, data.exit_code]),
    [["agent_1", "command_waiting", "cmd_1", null], ["agent_1", "command_succeeded", "cmd_1", 0]],
  );
  const times = await folder.entries("performance");
  assert.deepEqual(times.map(({ metric, value }) => [metric, value]), [["command_time", 12]]);
  assert.doesNotMatch(JSON.stringify(activity), /secret/);
});
