import { strict as assert } from "node:assert";
import { createFileLogger } from "../shared/audit/file_logger.ts";
import { TestFolder } from "../shared/audit/testing/folder.ts";
import { ParleyError } from "../shared/error.ts";
import { logged } from "./file_log.ts";
import { enableFileLogging, getFileLogger } from "./mod.ts";
import { ask, ID, started } from "./testing/ada.ts";
import { TestHub } from "./testing/hub.ts";

Deno.test("an agent logs each request it received and processed, its answer, and how long that took", async () => {
  await using folder = await TestFolder.make();
  {
    await using fileLog = createFileLogger(folder.path);
    await using hub = await TestHub.start();
    await using _agent = await started(hub, () => "an answer", { fileLog });
    await hub.give(ID, ask("question", { text_payload: "a secret" }));
    await hub.sent.next();
  }
  const messages = await folder.entries("message_audit");
  assert.deepEqual(
    messages.map((
      { event, message_type, from_agent, to_agent },
    ) => [event, message_type, from_agent, to_agent]),
    [["received", "TEXT", "web_1", null], ["processed", "TEXT", "web_1", null], [
      "sent",
      "REPLY",
      ID,
      "web_1",
    ]],
  );
  assert.doesNotMatch(JSON.stringify(messages), /an answer|a secret/);
  const [time] = await folder.entries("performance");
  assert.deepEqual([time?.agent_id, time?.metric, time?.unit], [ID, "response_time", "ms"]);
});

Deno.test("an agent logs what it failed at as its sender is told, without what stands behind it", async () => {
  await using folder = await TestFolder.make();
  {
    await using fileLog = createFileLogger(folder.path);
    await using hub = await TestHub.start();
    const failures = [
      new Error("password=hunter2"),
      new ParleyError("rate_limited", "Too many. Wait a minute."),
    ];
    await using _agent = await started(hub, () => {
      throw failures.shift()!;
    }, { fileLog });
    for (const text of ["1", "2"]) {
      await hub.give(ID, ask(text));
      await hub.sent.next();
    }
  }
  const errors = await folder.entries("errors");
  assert.deepEqual(
    errors.map(({ agent_id, error_type, data }) => [agent_id, error_type, data.message_id]),
    [[ID, "internal", "msg_1"], [ID, "rate_limited", "msg_2"]],
  );
  assert.equal(errors[1]?.error_message, "Too many. Wait a minute.");
  assert.doesNotMatch(JSON.stringify(await folder.entries()), /hunter2/);
});

Deno.test("enableFileLogging() has the agents of the program logged, and getFileLogger() gives its logger", async () => {
  await using folder = await TestFolder.make();
  getFileLogger().logTask("task_0", null, "created");
  assert.equal((await getFileLogger().getLogStats()).log_files, 0);
  {
    await using _logger = enableFileLogging(folder.path);
    getFileLogger().logTask("task_1", ID, "completed");
    await using hub = await TestHub.start();
    await using _agent = await started(hub, () => "an answer");
    await hub.give(ID, ask("question", { text_payload: "a secret" }));
    await hub.sent.next();
  }
  assert.deepEqual((await folder.entries("task_history")).map(({ task_id }) => task_id), ["task_1"]);
  assert.ok((await folder.entries("message_audit")).length > 0);
});

Deno.test("an agent that is not logged works without anything around it", () => {
  const work = { onMessage: () => "x", publish: () => Promise.resolve() };
  assert.equal(logged(work, ID, undefined), work);
});
