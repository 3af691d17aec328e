/** Tasks as gRPC says them, and back. What HTTP shows as null is empty here. */
import { ParleyError } from "../../shared/error.ts";
import { check } from "../../shared/model/codec.ts";
import type {
  Assignment,
  NewTask as WireNewTask,
  Report,
  Submitted,
  Task as WireTask,
} from "../../shared/grpc/gen/task.ts";
import { isErrorCode } from "../../shared/error.ts";
import { type NewTask, newTaskSchema, type TaskRecord } from "../../shared/model/task.ts";
import { cutToKept } from "../../shared/task/limits.ts";
import type { TaskWord } from "../task/word.ts";
import type { ListedTask } from "../task/shown.ts";
import type { Submission } from "../task/submissions.ts";

/** Reads what is asked for. Throws `invalid_message` naming the field, and `invalid_json`. */
export function fromWire(asked: WireNewTask): NewTask {
  return check(newTaskSchema, {
    task_id: asked.taskId || null,
    task_type: asked.taskType,
    description: asked.description,
    parameters: asked.parametersJson ? jsonOf("parameters_json", asked.parametersJson) : null,
    required_capabilities: asked.requiredCapabilities,
    priority: asked.priority || null,
    deadline: asked.deadline || null,
    preferred_agent: asked.preferredAgent || null,
    parent_task_id: asked.parentTaskId || null,
    idempotency_key: asked.idempotencyKey || null,
    timeout_s: asked.timeoutS || null,
    max_retries: asked.maxRetries ?? null,
  });
}

export function toSubmitted({ kept, isNew, refusal }: Submission): Submitted {
  if (refusal) return { taskId: "", status: "", isNew: false, code: refusal.code, message: refusal.message };
  const { task_id, status } = kept.task;
  return { taskId: task_id, status, isNew, code: "", message: "" };
}

export function toWire(task: ListedTask, waitingReason: string | null): WireTask {
  return {
    taskId: task.task_id,
    taskType: task.task_type,
    description: task.description,
    parametersJson: JSON.stringify(task.parameters),
    requiredCapabilities: task.required_capabilities,
    priority: task.priority,
    status: task.status,
    agentId: task.agent_id ?? "",
    attempt: task.attempt,
    progress: task.progress,
    progressNote: task.progress_note ?? "",
    resultJson: task.result === null ? "" : JSON.stringify(task.result),
    error: task.error ?? "",
    code: task.code ?? "",
    attempts: task.attempts.map(({ attempt, agent_id, started_at, ended_at, outcome, error }) => ({
      attempt,
      agentId: agent_id,
      startedAt: started_at,
      endedAt: ended_at ?? "",
      outcome: outcome ?? "",
      error: error ?? "",
    })),
    parentTaskId: task.parent_task_id ?? "",
    deadline: task.deadline ?? "",
    createdAt: task.created_at,
    updatedAt: task.updated_at,
    endedAt: task.ended_at ?? "",
    preferredAgent: task.preferred_agent ?? "",
    idempotencyKey: task.idempotency_key ?? "",
    timeoutS: task.timeout_s ?? 0,
    maxRetries: task.max_retries,
    requestedBy: task.requested_by,
    leftOut: task.left_out ?? [],
    waitingReason: waitingReason ?? "",
    notBefore: task.not_before ?? "",
  };
}

export function toAssignment(task: TaskRecord): Assignment {
  return {
    taskId: task.task_id,
    attempt: task.attempt,
    taskType: task.task_type,
    description: task.description,
    parametersJson: JSON.stringify(task.parameters),
    requiredCapabilities: task.required_capabilities,
    priority: task.priority,
    deadline: task.deadline ?? "",
    parentTaskId: task.parent_task_id ?? "",
    timeoutS: task.timeout_s ?? 0,
    requestedBy: task.requested_by,
    maxAttempts: task.max_retries + 1,
  };
}

/** Reads what an agent says of a task. Throws `invalid_message`, and `invalid_json` for a partial result. */
export function wordOf({ what }: Report): TaskWord {
  switch (what?.$case) {
    case "started":
      return { kind: "started" };
    case "progress": {
      const { progress, note, partialJson } = what.value;
      const partial = partialJson === undefined ? undefined : jsonOf("partial_json", partialJson);
      return { kind: "progressed", progress, note: note && cutToKept(note), partial };
    }
    case "completed": {
      const { resultJson } = what.value;
      return resultJson ? resultOf(resultJson) : { kind: "completed", result: null };
    }
    case "returned":
      return { kind: "returned", reason: cutToKept(what.value.reason) };
    case "failed": {
      const { error, code, isFinal } = what.value;
      const said = cutToKept(error);
      return { kind: "failed", error: said, code: isErrorCode(code) ? code : "internal", isFinal };
    }
    default:
      throw new ParleyError("invalid_message", "Field 'what': say what happened to the task.");
  }
}

/** An end is said once: one that cannot be read is one all the same. */
function resultOf(resultJson: string): TaskWord {
  try {
    return { kind: "completed", result: jsonOf("result_json", resultJson) };
  } catch (fault) {
    return { kind: "unreadable", fault: ParleyError.from(fault) };
  }
}

function jsonOf(field: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new ParleyError("invalid_json", `Field '${field}': it is not valid JSON.`, { cause });
  }
}
