import assert from "node:assert/strict";
import { enableFileLogging } from "../../shared/audit/file_logging.ts";
import { SupervisorCoordinator } from "./supervisor_coordinator.ts";
import { TestWorker } from "./testing/worker.ts";

const MOCK = { useMock: true };

async function entriesIn(directory: string): Promise<Record<string, unknown>[]> {
  const entries: Record<string, unknown>[] = [];
  for await (const day of Deno.readDir(directory)) {
    for await (const file of Deno.readDir(`${directory}/${day.name}`)) {
      const text = await Deno.readTextFile(`${directory}/${day.name}/${file.name}`);
      entries.push(...text.trim().split("\n").map((line) => JSON.parse(line)));
    }
  }
  return entries;
}

Deno.test("with file logging on, agents, messages and tasks are logged without anybody doing it", async () => {
  const directory = await Deno.makeTempDir();
  try {
    await using logger = enableFileLogging(directory);
    await using supervisor = new SupervisorCoordinator("supervisor-001", MOCK);
    await using ada = await TestWorker.open("ada", MOCK);
    const task = await supervisor.assignTask({ taskType: "t", requiredCapabilities: ["python"] });
    await ada.complete();
    await task.result();
    await logger.flush();
    const entries = await entriesIn(directory);
    const has = (fields: Record<string, unknown>) =>
      entries.some((entry) => Object.entries(fields).every(([name, value]) => entry[name] === value));
    assert.ok(has({ agent_id: "ada", event: "registered" }));
    assert.ok(has({ from_agent: "supervisor-001", to_agent: "ada", event: "sent" }));
    assert.ok(has({ from_agent: "supervisor-001", to_agent: "ada", event: "received" }));
    assert.ok(has({ from_agent: "ada", to_agent: "supervisor-001", event: "sent" }));
    assert.ok(has({ from_agent: "supervisor-001", to_agent: "ada", event: "processed" }));
    for (const event of ["created", "completed"]) {
      assert.ok(has({ task_id: task.taskId, event }), event);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
