import assert from "node:assert/strict";
import { createFileLogger, type FileLoggerOptions } from "./file_logger.ts";
import { TestFolder } from "./testing/folder.ts";

const NOON = Date.parse("2024-01-15T12:00:00Z");

function loggerIn(folder: TestFolder, options: FileLoggerOptions = {}) {
  return createFileLogger(folder.path, { source: "server:1", now: () => NOON, ...options });
}

Deno.test("a file logger writes each kind of entry to its file of the day, with the document's fields first", async () => {
  await using folder = await TestFolder.make();
  await using logger = loggerIn(folder);
  logger.logAgentActivity("agent_001", "registered", {
    agent_role: "coordinator",
    capabilities: ["planning"],
  });
  logger.logMessage("sent", {
    message_id: "msg_123",
    sender_id: "agent_001",
    message_type: "TASK_ASSIGNMENT",
  });
  logger.logTask("task_456", "agent_002", "completed", { duration_ms: 1250, success: true });
  logger.logPerformanceMetric("agent_001", "response_time", 125.5, "ms");
  logger.logError("agent_001", "connection_error", "Redis connection failed");
  await logger.flush();
  const read = async (kind: string) =>
    (await Deno.readTextFile(`${folder.path}/2024-01-15/${kind}_2024-01-15.jsonl`)).trimEnd();
  const end = '"timestamp":"2024-01-15T12:00:00.000Z","source":"server:1"';
  assert.equal(
    await read("agent_activity"),
    `{"agent_id":"agent_001","event":"registered","data":{"agent_role":"coordinator","capabilities":["planning"]},${end}}`,
  );
  assert.equal(
    await read("message_audit"),
    `{"message_id":"msg_123","from_agent":"agent_001","to_agent":null,"message_type":"TASK_ASSIGNMENT","event":"sent",${end}}`,
  );
  assert.equal(
    await read("task_history"),
    `{"task_id":"task_456","agent_id":"agent_002","event":"completed","data":{"duration_ms":1250,"success":true},${end}}`,
  );
  assert.equal(
    await read("performance"),
    `{"agent_id":"agent_001","metric":"response_time","value":125.5,"unit":"ms",${end}}`,
  );
  assert.equal(
    await read("errors"),
    `{"agent_id":"agent_001","error_type":"connection_error","error_message":"Redis connection failed",${end},"data":{}}`,
  );
});

Deno.test("a file logger begins a new folder at midnight UTC, and logs what has a time of its own under that day", async () => {
  await using folder = await TestFolder.make();
  let nowMs = Date.parse("2024-02-29T23:59:59.999Z");
  await using logger = loggerIn(folder, { now: () => nowMs });
  logger.logTask("task_1", null, "created");
  nowMs++;
  logger.logTask("task_1", null, "assigned");
  logger.logAgentActivity("agent_1", "offline", {}, "2024-02-27T10:00:00.000Z");
  logger.logAgentActivity("agent_1", "online", {}, "../../etc/passwd");
  await logger.flush();
  assert.deepEqual(await folder.files(), [
    "2024-02-27/agent_activity_2024-02-27.jsonl",
    "2024-02-29/task_history_2024-02-29.jsonl",
    "2024-03-01/agent_activity_2024-03-01.jsonl",
    "2024-03-01/task_history_2024-03-01.jsonl",
  ]);
});

Deno.test("a file logger writes what is left when it is disposed of, and counts what comes after that as dropped", async () => {
  await using folder = await TestFolder.make();
  const logger = loggerIn(folder, { flushAfterMs: 1_000_000 });
  logger.logTask("task_1", null, "created");
  await logger[Symbol.asyncDispose]();
  assert.equal((await folder.entries()).length, 1);
  logger.logTask("task_2", null, "created");
  assert.equal((await logger.getLogStats()).entries_dropped, 1);
});

Deno.test("a file logger makes files and folders that nobody else can read", async () => {
  await using folder = await TestFolder.make();
  await using logger = loggerIn(folder);
  logger.logTask("task_1", null, "created");
  await logger.flush();
  const modeOf = async (path: string) => (await Deno.stat(path)).mode! & 0o777;
  assert.equal(await modeOf(folder.path), 0o700);
  assert.equal(await modeOf(`${folder.path}/2024-01-15`), 0o700);
  assert.equal(await modeOf(`${folder.path}/2024-01-15/task_history_2024-01-15.jsonl`), 0o600);
});

Deno.test("a file logger numbers the files that follow a full one, and an entry is never split", async () => {
  await using folder = await TestFolder.make();
  const options = { maxFileBytes: 1_000 };
  for (const start of [0, 25]) {
    // The second time it finds what is there already.
    await using logger = loggerIn(folder, options);
    for (let number = start; number < start + 25; number++) logger.logTask(`task_${number}`, null, "created");
  }
  const files = await folder.files();
  assert.equal(files[0], "2024-01-15/task_history_2024-01-15.1.jsonl");
  assert.ok(files.length > 4);
  for (const name of files) assert.ok((await Deno.stat(`${folder.path}/${name}`)).size <= 1_000, name);
  const ids = (await folder.entries()).map(({ task_id }) => task_id);
  assert.equal(new Set(ids).size, 50);
});

Deno.test("a file logger takes an entry that is larger than a file may be", async () => {
  await using folder = await TestFolder.make();
  await using logger = loggerIn(folder, { maxFileBytes: 1_000 });
  for (const text of ["a", "b".repeat(5_000), "c"]) logger.logTask("task_1", null, text);
  await logger.flush();
  assert.deepEqual((await folder.entries()).map(({ event }) => event[0]).sort(), ["a", "b", "c"]);
});

Deno.test("a file logger goes on where somebody removed its folder", async () => {
  await using folder = await TestFolder.make();
  await using logger = loggerIn(folder);
  logger.logTask("task_1", null, "created");
  await logger.flush();
  await Deno.remove(folder.path, { recursive: true });
  logger.logTask("task_2", null, "created");
  await logger.flush();
  assert.deepEqual((await folder.entries()).map(({ task_id }) => task_id), ["task_2"]);
});

Deno.test("a file logger begins a new line where a process before it was cut off", async () => {
  await using folder = await TestFolder.make();
  await Deno.mkdir(`${folder.path}/2024-01-15`, { recursive: true });
  const file = `${folder.path}/2024-01-15/task_history_2024-01-15.jsonl`;
  await Deno.writeTextFile(file, '{"task_id":"ta');
  await using logger = loggerIn(folder);
  logger.logTask("task_2", null, "created");
  await logger.flush();
  const [cut, whole] = (await Deno.readTextFile(file)).split("\n");
  assert.equal(cut, '{"task_id":"ta');
  assert.equal(JSON.parse(whole!).task_id, "task_2");
});

Deno.test("a file logger tells how many files, bytes and entries there are", async () => {
  await using folder = await TestFolder.make();
  await using logger = loggerIn(folder);
  logger.logTask("task_1", null, "created");
  logger.logError("agent_1", "x", "y");
  assert.equal((await logger.getLogStats()).entries_waiting, 2);
  await logger.flush();
  const { bytes, ...stats } = await logger.getLogStats();
  assert.deepEqual(stats, {
    log_dir: folder.path,
    log_files: 2,
    entries_written: 2,
    entries_dropped: 0,
    entries_waiting: 0,
    fault: null,
  });
  assert.ok(bytes > 200);
});

Deno.test("a file logger says in errors that it left out what JSON cannot say", async () => {
  await using folder = await TestFolder.make();
  await using logger = loggerIn(folder);
  logger.logTask("task_1", null, "created", { big: 1n });
  await logger.flush();
  const entries = await folder.entries();
  assert.deepEqual(entries.map(({ error_type }) => error_type), ["log_entry_invalid"]);
  assert.match(String(entries[0]?.error_message), /for task_history is left out/);
});

Deno.test("cleanupOldLogs() removes the log files of old days, and nothing else", async () => {
  await using folder = await TestFolder.make();
  await using logger = loggerIn(folder);
  const write = async (path: string) => {
    await Deno.mkdir(`${folder.path}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder.path}/${path}`, "x");
  };
  const stay = [
    "2023-12-16/errors_2023-12-16.jsonl", // the 30th day before
    "2023-12-15/notes.txt",
    "2023-12-13/errors_2023-12-14.jsonl", // in another day's folder
    "old/errors_2020-01-01.jsonl",
    "2023-02-31/errors_2023-02-31.jsonl",
  ];
  const go = [
    "2023-12-15/errors_2023-12-15.jsonl",
    "2023-12-15/errors_2023-12-15.7.jsonl",
    "2020-01-01/performance_2020-01-01.jsonl",
  ];
  for (const path of [...stay, ...go]) await write(path);
  await Deno.mkdir(`${folder.root}/elsewhere`);
  await Deno.writeTextFile(`${folder.root}/elsewhere/errors_2019-01-01.jsonl`, "x");
  await Deno.symlink(`${folder.root}/elsewhere`, `${folder.path}/2019-01-01`);
  await Deno.symlink(`${folder.root}/elsewhere`, `${folder.path}/2023-12-15/errors_2023-12-15.8.jsonl`);
  assert.equal(await logger.cleanupOldLogs(), 3);
  const left = (await folder.files()).filter((name) => !name.endsWith(".8.jsonl"));
  assert.deepEqual(left, stay.toSorted());
  assert.equal(await Deno.readTextFile(`${folder.path}/2019-01-01/errors_2019-01-01.jsonl`), "x");
  await assert.rejects(Deno.stat(`${folder.path}/2020-01-01`), Deno.errors.NotFound);
  assert.equal(await logger.cleanupOldLogs(30), 0);
});

Deno.test("cleanupOldLogs() refuses what is no number of days", async () => {
  await using folder = await TestFolder.make();
  await using logger = loggerIn(folder);
  for (const days of [-1, 1.5, NaN]) {
    await assert.rejects(logger.cleanupOldLogs(days), { code: "invalid_message" });
  }
});

Deno.test("a file logger with keepDays removes what is older when a day begins", async () => {
  await using folder = await TestFolder.make();
  let nowMs = NOON;
  await using logger = loggerIn(folder, { keepDays: 1, now: () => nowMs });
  for (let days = 0; days < 4; days++) {
    logger.logTask("task_1", null, "created");
    await logger.flush();
    nowMs += 86_400_000;
  }
  const days = (await folder.files()).map((name) => name.slice(0, 10));
  assert.deepEqual(days, ["2024-01-17", "2024-01-18"]);
});
