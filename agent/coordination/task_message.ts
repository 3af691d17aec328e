/** What messages about tasks say: who is asked to do what, what came of it, and how an agent is. */
import * as z from "zod";
import { type ErrorCode, isErrorCode, type ParleyError } from "../../shared/error.ts";
import { check } from "../../shared/model/codec.ts";
import type { TaskRecord, TaskStatus } from "../../shared/model/task.ts";
import { replyIdOf } from "../answer.ts";
import { AgentMessage } from "./agent_message.ts";
import { type MessagePriority, MessageType } from "./vocabulary.ts";

/** Fields of tasks count inside `content` as if they stood at the top (protocol, `content`). */
function fieldsOf({ content, further, priority }: AgentMessage): Record<string, unknown> {
  const top = Object.entries(further).filter(([, value]) => value !== undefined && value !== null);
  return { priority, ...content, ...Object.fromEntries(top) };
}

const text = z.string().optional().catch(undefined);
const names = z.array(z.string()).nullish().transform((given) => given ?? []);
const object = z.record(z.string(), z.unknown()).nullish().transform((given) => given ?? {});

const requestSchema = z.object({
  task_id: z.string().min(1),
  task_type: z.string().min(1),
  description: text,
  parameters: object,
  required_capabilities: names,
  priority: z.number().int().min(1).max(5).catch(3),
  deadline: text,
  parent_task_id: text,
  attempt: z.int().min(1).optional().catch(undefined),
  timeout_s: z.number().positive().optional().catch(undefined),
});

/** What an agent is asked to do. */
export interface TaskRequest {
  taskId: string;
  taskType: string;
  description: string;
  parameters: Record<string, unknown>;
  requiredCapabilities: string[];
  priority: MessagePriority;
  /** Until when it has to be completed, ISO 8601. */
  deadline: string | undefined;
  parentTaskId: string | undefined;
  /** Which assignment of the task this is, from 1; responses carry it, so that only the last one's count. */
  attempt: number | undefined;
  /** How long this attempt may take, in milliseconds. */
  timeoutMs: number | undefined;
}

/** Reads what a `TASK_REQUEST` asks for. Throws `invalid_message` that names the field at fault. */
export function taskRequestOf(message: AgentMessage): TaskRequest {
  const fields = check(requestSchema, fieldsOf(message));
  return {
    taskId: fields.task_id,
    taskType: fields.task_type,
    description: fields.description ?? "",
    parameters: fields.parameters,
    requiredCapabilities: fields.required_capabilities,
    priority: fields.priority as MessagePriority,
    deadline: fields.deadline,
    parentTaskId: fields.parent_task_id,
    attempt: fields.attempt,
    timeoutMs: fields.timeout_s === undefined ? undefined : fields.timeout_s * 1_000,
  };
}

/** Makes the message that gives `task` to the agent that it is assigned to. The same assignment has the same id. */
export function requestMessageOf(task: TaskRecord, supervisorId: string): AgentMessage {
  return new AgentMessage({
    messageId: replyIdOf(`${task.task_id}\n${task.attempt}`, supervisorId),
    fromAgent: supervisorId,
    toAgent: task.agent_id,
    messageType: MessageType.TASK_REQUEST,
    priority: task.priority as MessagePriority,
    content: {
      task_id: task.task_id,
      task_type: task.task_type,
      description: task.description,
      parameters: task.parameters,
      required_capabilities: task.required_capabilities,
      priority: task.priority,
      deadline: task.deadline,
      parent_task_id: task.parent_task_id,
      attempt: task.attempt,
      timeout_s: task.timeout_s,
    },
    ...(task.deadline === null ? {} : { expiresAt: task.deadline }),
  });
}

/** Makes the message that asks the agent `to` to leave off. */
export function cancellationOf(
  { taskId, attempt }: { taskId: string; attempt: number },
  { from, to }: { from: string; to: string },
): AgentMessage {
  return new AgentMessage({
    fromAgent: from,
    toAgent: to,
    messageType: MessageType.COORDINATION,
    content: { instruction: "cancel_task", task_id: taskId, attempt },
  });
}

/** Gives the id of the task that a message is about, if it is about any. */
export function taskIdIn({ content, further }: AgentMessage): string | undefined {
  const taskId = further.task_id ?? content.task_id;
  return typeof taskId === "string" ? taskId : undefined;
}

/** What came of a task, or of it so far. */
export interface TaskResponse {
  taskId: string;
  status: TaskStatus;
  /** Who had it last; undefined where nobody did. */
  agentId: string | undefined;
  attempt: number | undefined;
  result: unknown;
  /** 0 to 1. */
  progress: number | undefined;
  progressNote: string | undefined;
  /** Why it did not succeed, for people. */
  errorMessage: string | undefined;
  /** Why, for programs. */
  code: ErrorCode | undefined;
}

const responseSchema = z.object({
  task_id: z.string().min(1),
  status: z.string().trim().toLowerCase().catch("in_progress"),
  attempt: z.int().optional().catch(undefined),
  result: z.unknown().optional(),
  progress: z.number().optional().catch(undefined),
  completion_percentage: z.number().optional().catch(undefined),
  progress_note: text,
  error_message: text,
  error: z.unknown().optional(),
  code: z.string().optional().catch(undefined),
});

/** Words that peers use for how a task is, and what they mean here; another word says that it is worked on. */
const STATUS_WORDS: Record<string, TaskStatus> = {
  completed: "completed",
  complete: "completed",
  success: "completed",
  done: "completed",
  failed: "failed",
  failure: "failed",
  error: "failed",
  cancelled: "cancelled",
  timed_out: "timed_out",
};

/** Reads what a `TASK_RESPONSE`, `COMPLETION` or `ERROR_REPORT` says of a task. Throws `invalid_message` when it names none. */
export function taskResponseOf(message: AgentMessage): TaskResponse {
  const fields = check(responseSchema, fieldsOf(message));
  return {
    taskId: fields.task_id,
    status: statusOf(message.messageType, fields.status),
    agentId: message.fromAgent || undefined,
    attempt: fields.attempt,
    result: fields.result,
    progress: fields.progress ?? percentage(fields.completion_percentage),
    progressNote: fields.progress_note,
    errorMessage: fields.error_message ?? (typeof fields.error === "string" ? fields.error : undefined),
    code: isErrorCode(fields.code) ? fields.code : undefined,
  };
}

function statusOf(messageType: string, word: string): TaskStatus {
  if (messageType === MessageType.ERROR_REPORT) return "failed";
  if (messageType === MessageType.COMPLETION) return "completed";
  return STATUS_WORDS[word] ?? "in_progress";
}

function percentage(given: number | undefined): number | undefined {
  return given === undefined ? undefined : given / 100;
}

/** Tells what became of `task`, as its requester is told. */
export function responseOfTask(task: TaskRecord): TaskResponse {
  return {
    taskId: task.task_id,
    status: task.status,
    agentId: task.agent_id ?? undefined,
    attempt: task.attempt,
    result: task.result,
    progress: task.progress,
    progressNote: task.progress_note ?? undefined,
    errorMessage: task.error ?? undefined,
    code: task.code ?? undefined,
  };
}

/** Makes the `TASK_RESPONSE` with which an agent tells what came of a request. `attempt` is the request's. */
export function taskResponseTo(
  request: AgentMessage,
  from: string,
  response: Pick<TaskResponse, "status"> & Partial<TaskResponse>,
): AgentMessage {
  const { taskId, attempt } = taskRequestOf(request);
  const { status, result, progress, progressNote, errorMessage, code } = response;
  return request.createResponse({
    task_id: taskId,
    attempt,
    status,
    result,
    progress,
    progress_note: progressNote,
    error_message: errorMessage,
    code,
  }, { messageType: MessageType.TASK_RESPONSE, from });
}

/** Makes the `ERROR` that tells an agent what is wrong with what it said of a task. */
export function refusalMessageTo(
  said: AgentMessage,
  from: string,
  { code, message }: ParleyError,
): AgentMessage {
  const { taskId } = taskResponseOf(said);
  return said.createResponse({ task_id: taskId, code, error_message: message }, {
    messageType: "ERROR",
    from,
  });
}

/** How an agent is. */
export interface StatusUpdate {
  agentId: string;
  /** The agent's own word, such as `active` or `busy`. */
  status: string;
  currentTasks: number | undefined;
}

const statusSchema = z.object({
  status: z.string().catch("active"),
  current_tasks: z.int().min(0).optional().catch(undefined),
});

/** Reads what a `STATUS_UPDATE` or `HEARTBEAT` says of its sender. */
export function statusUpdateOf(message: AgentMessage): StatusUpdate {
  const { status, current_tasks: currentTasks } = check(statusSchema, fieldsOf(message));
  return { agentId: message.fromAgent, status, currentTasks };
}
