import { strict as assert } from "node:assert";
import { EventEmitter } from "node:events";
import { WatchResponse } from "../../shared/grpc/gen/task.ts";
import { after, asked } from "../../shared/task/testing/record.ts";
import { quiet } from "../task/testing/rig.ts";
import { TaskFeed } from "./task_feed.ts";

Deno.test("tasks that failed at length reach a watcher in messages that it can read", async () => {
  const written: WatchResponse[] = [];
  const call = Object.assign(new EventEmitter(), {
    request: { taskId: "", parentTaskId: "", onlyEnded: true, withoutParameters: false },
    write: (response: WatchResponse) => written.push(response) > 0,
  });
  const feed = new TaskFeed(call as unknown as ConstructorParameters<typeof TaskFeed>[0]);
  const error = "€".repeat(10_000);
  const failed = after(
    asked(),
    { kind: "assigned", agentId: "agent_1" },
    { kind: "progressed", by: { agentId: "agent_1" }, note: error },
    { kind: "failed", by: { agentId: "agent_1" }, error, isFinal: true },
  );
  const ids = Array.from({ length: 200 }, (_, index) => `task_${index}`);
  for (const task_id of ids) feed.send({ task: { ...failed, task_id }, json: () => "" });
  await quiet(2);
  call.emit("close");
  assert.deepEqual(written.flatMap(({ tasks }) => tasks.map(({ taskId }) => taskId)), ids);
  const bytes = Math.max(...written.map((response) => WatchResponse.encode(response).finish().length));
  assert.ok(bytes < 1_000_000, `${bytes} bytes`);
});
