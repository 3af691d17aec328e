import { strict as assert } from "node:assert";
import { NewTask, Task } from "../../shared/grpc/gen/task.ts";
import { toShown, toWire } from "./wire.ts";

Deno.test("toWire() leaves to the server what is not said", () => {
  assert.deepEqual(
    toWire({ task_type: "sum" }),
    NewTask.fromPartial({ taskType: "sum", maxRetries: undefined }),
  );
  const asked = { task_type: "sum", parameters: { of: [1] }, timeout_s: 1.5, max_retries: 0, priority: 2 };
  assert.partialDeepStrictEqual(toWire(asked), {
    parametersJson: '{"of":[1]}',
    timeoutS: 1.5,
    maxRetries: 0,
    priority: 2,
  });
});

Deno.test("toShown() has null where nothing is said, and reads what is JSON", () => {
  const bare = toShown(Task.fromPartial({ taskId: "task_1", taskType: "sum", status: "pending" }));
  const { agent_id, result, error, code, deadline, timeout_s, left_out, waiting_reason, parameters } = bare;
  assert.deepEqual({
    agent_id,
    result,
    error,
    code,
    deadline,
    timeout_s,
    left_out,
    waiting_reason,
    parameters,
  }, {
    agent_id: null,
    result: null,
    error: null,
    code: null,
    deadline: null,
    timeout_s: null,
    left_out: undefined,
    waiting_reason: null,
    parameters: {},
  });
  const ended = toShown(Task.fromPartial({
    status: "failed",
    parametersJson: '{"of":[1]}',
    resultJson: "false",
    code: "timeout",
    leftOut: ["description"],
    attempts: [{ attempt: 1, agentId: "agent_1", startedAt: "then" }],
  }));
  assert.deepEqual([ended.parameters, ended.result, ended.code, ended.left_out], [
    { of: [1] },
    false,
    "timeout",
    ["description"],
  ]);
  const open = {
    attempt: 1,
    agent_id: "agent_1",
    started_at: "then",
    ended_at: null,
    outcome: null,
    error: null,
  };
  assert.deepEqual(ended.attempts, [open]);
  assert.equal(toShown(Task.fromPartial({ code: "of a newer server" })).code, null);
});
