import { strict as assert } from "node:assert";
import { ParleyError } from "../../shared/error.ts";
import { newTaskSchema, type TaskRecord } from "../../shared/model/task.ts";
import type { AgentInfo, Directory, Mail } from "./backend.ts";
import { openLocalScheduler } from "./local_scheduler.ts";
import { settingsOf } from "./options.ts";

const ADA: AgentInfo = {
  agentId: "ada",
  agentName: "Ada",
  agentRole: "worker",
  capabilities: ["python"],
  status: "idle",
  isOnline: true,
  currentTasks: 0,
  maxConcurrentTasks: 1,
  load: 0,
  lastSeen: new Date().toISOString(),
};

Deno.test("cancel() ends a task though the bus is away and its agent cannot be told", async () => {
  const ended: TaskRecord[] = [];
  let isAway = false;
  const send = () => isAway ? Promise.reject(new ParleyError("unavailable", "Away.")) : Promise.resolve();
  await using scheduler = await openLocalScheduler({
    supervisorId: "supervisor-001",
    settings: settingsOf({ useMock: true }),
    mail: { send } as Partial<Mail> as Mail,
    directory: { list: () => Promise.resolve([ADA]) } as Partial<Directory> as Directory,
    store: undefined,
    onEnded: (task) => void ended.push(task),
  });
  const asked = newTaskSchema.parse({ task_type: "work", required_capabilities: ["python"] });
  const { task_id, status } = await scheduler.submit(asked);
  assert.equal(status, "assigned");
  isAway = true;
  await scheduler.cancel(task_id);
  assert.deepEqual(ended.map((task) => [task.task_id, task.status]), [[task_id, "cancelled"]]);
});
