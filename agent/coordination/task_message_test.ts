import assert from "node:assert/strict";
import { AgentMessage } from "./agent_message.ts";
import { statusUpdateOf, taskRequestOf, taskResponseOf, taskResponseTo } from "./task_message.ts";

function messageOf(messageType: string, content: Record<string, unknown>, top: Record<string, unknown> = {}) {
  return AgentMessage.parse({
    message_type: messageType,
    from_agent: "ada",
    to_agent: "boss",
    content,
    ...top,
  });
}

Deno.test("taskRequestOf reads a task in the content, or at the top", () => {
  const fields = {
    task_id: "task_1",
    task_type: "t",
    required_capabilities: ["x"],
    timeout_s: 2,
    attempt: 3,
  };
  for (const message of [messageOf("TASK_REQUEST", fields), messageOf("TASK_REQUEST", {}, fields)]) {
    const { taskId, requiredCapabilities, timeoutMs, attempt, description, parameters } = taskRequestOf(
      message,
    );
    assert.deepEqual([taskId, requiredCapabilities, timeoutMs, attempt, description, parameters], [
      "task_1",
      ["x"],
      2_000,
      3,
      "",
      {},
    ]);
  }
});

Deno.test("taskRequestOf names what is missing", () => {
  assert.throws(() => taskRequestOf(messageOf("TASK_REQUEST", { task_type: "t" })), {
    code: "invalid_message",
    message: /task_id/,
  });
});

const RESPONSES: [string, string, Record<string, unknown>, Record<string, unknown>][] = [
  ["the documents' completion", "TASK_RESPONSE", {
    status: "completed",
    result: 1,
    completion_percentage: 100,
  }, {
    status: "completed",
    result: 1,
    progress: 1,
  }],
  ["the documents' error report", "ERROR_REPORT", { error_type: "x", error_message: "no disk" }, {
    status: "failed",
    errorMessage: "no disk",
  }],
  ["a completion", "COMPLETION", { result: 2 }, { status: "completed", result: 2 }],
  ["progress", "TASK_RESPONSE", { status: "in_progress", progress: 0.25, progress_note: "a quarter" }, {
    status: "in_progress",
    progress: 0.25,
    progressNote: "a quarter",
  }],
  ["a word of their own", "TASK_RESPONSE", { status: "Thinking" }, { status: "in_progress" }],
  ["success in another word", "TASK_RESPONSE", { status: "SUCCESS" }, { status: "completed" }],
  ["a code that there is", "TASK_RESPONSE", { status: "failed", code: "not_found" }, { code: "not_found" }],
  ["a code that there is not", "TASK_RESPONSE", { status: "failed", code: "oops" }, { code: undefined }],
  ["what is no error's text", "TASK_RESPONSE", { status: "failed", error_message: 7 }, {
    errorMessage: undefined,
  }],
];
for (const [what, type, content, expected] of RESPONSES) {
  Deno.test(`taskResponseOf understands ${what}`, () => {
    const response = taskResponseOf(messageOf(type, { task_id: "task_1", ...content }));
    assert.deepEqual(response, { ...response, ...expected, taskId: "task_1", agentId: "ada" });
  });
}

Deno.test("taskResponseTo carries the attempt of its request", () => {
  const request = messageOf("TASK_REQUEST", { task_id: "task_1", task_type: "t", attempt: 2 });
  const response = taskResponseTo(request, "boss", { status: "completed", result: "done" });
  assert.deepEqual([response.toAgent, response.content.attempt, response.content.result], ["ada", 2, "done"]);
});

Deno.test("statusUpdateOf reads how an agent is", () => {
  assert.deepEqual(statusUpdateOf(messageOf("STATUS_UPDATE", { status: "busy", current_tasks: 2 })), {
    agentId: "ada",
    status: "busy",
    currentTasks: 2,
  });
  assert.deepEqual(statusUpdateOf(messageOf("HEARTBEAT", { timestamp: 1 })), {
    agentId: "ada",
    status: "active",
    currentTasks: undefined,
  });
});
