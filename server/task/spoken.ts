/** What messages say of tasks, whichever way they come: on a socket or from a queue, at the top or in `content`. */
import { z } from "zod";
import { isErrorCode, retryable } from "../../shared/error.ts";
import { check } from "../../shared/model/codec.ts";
import { type NewTask, newTaskSchema } from "../../shared/model/task.ts";
import { cutToKept } from "../../shared/task/limits.ts";
import type { TaskWord } from "./word.ts";

/** What agents of others call them. */
const SAME_WORDS: ReadonlyMap<string, string> = new Map([
  ["complete", "completed"],
  ["success", "completed"],
  ["done", "completed"],
  ["failure", "failed"],
  ["error", "failed"],
]);

const PROGRESS_RULE = "Allowed is 0 to 1";
const PERCENTAGE_RULE = "Allowed is 0 to 100";

const id = z.string({ error: "A task's id is required" }).min(1, "A task's id is required").max(100);
const text = z.string().nullish().transform((given) => given ? cutToKept(given) : undefined);
const attempt = z.int().min(1).nullish().transform((given) => given ?? undefined);
const status = z.string({ error: "Allowed are in_progress, completed and failed" })
  .transform((word) => SAME_WORDS.get(word.trim().toLowerCase()) ?? word.trim().toLowerCase())
  .pipe(z.enum(["in_progress", "completed", "failed"], "Allowed are in_progress, completed and failed"));

const aboutSchema = z.looseObject({ task_id: id, attempt });
const responseSchema = z.looseObject({
  status,
  progress: z.number(PROGRESS_RULE).min(0, PROGRESS_RULE).max(1, PROGRESS_RULE).nullish(),
  completion_percentage: z.number(PERCENTAGE_RULE).min(0, PERCENTAGE_RULE).max(100, PERCENTAGE_RULE)
    .nullish(),
  note: text,
  progress_note: text,
  result: z.unknown().optional(),
});
const failureSchema = z.looseObject({
  error_message: text,
  error_details: text,
  text_payload: text,
  error_type: text,
});

type Fields = Record<string, unknown>;

/** What is said of one attempt at a task. */
export interface Said {
  taskId: string;
  /** Absent: it counts only from whoever has the task. */
  attempt: number | undefined;
  word: TaskWord;
}

/** Types of messages that say something of a task which somebody has. */
export const REPORTS: ReadonlySet<string> = new Set(["TASK_RESPONSE", "ERROR_REPORT", "COMPLETION"]);
/** Types of messages that ask for a task. */
export const REQUESTS: ReadonlySet<string> = new Set(["TASK_REQUEST", "TASK_ASSIGNMENT"]);

/** Gives a message's fields, those in its `content` as if they stood at the top. */
export function fieldsOf(message: Fields): Fields {
  const { content } = message;
  if (typeof content !== "object" || content === null || Array.isArray(content)) return message;
  const given = Object.entries(message).filter(([, value]) => value !== undefined && value !== null);
  return { ...content, ...Object.fromEntries(given) };
}

/** Reads a `TASK_REQUEST`. Throws `invalid_message` naming the field at fault. */
export function requestIn(message: Fields): NewTask {
  const fields = fieldsOf(message);
  return check(newTaskSchema, { ...fields, description: fields.description ?? fields.text_payload });
}

/** Gives the id of the task that a message is about; undefined where it names none. */
export function taskIdIn(message: Fields): string | undefined {
  const { task_id } = fieldsOf(message);
  return typeof task_id === "string" && task_id !== "" ? task_id : undefined;
}

/**
 * Reads a `TASK_RESPONSE`, an `ERROR_REPORT` or a `COMPLETION`. Throws `invalid_message` naming the field at
 * fault.
 */
export function saidIn(message: Fields & { message_type: string }): Said {
  const fields = fieldsOf(message);
  const about = check(aboutSchema, fields);
  return {
    taskId: about.task_id,
    attempt: about.attempt ?? attemptNamed(fields, about.task_id),
    word: wordOf(message.message_type, fields),
  };
}

function wordOf(type: string, fields: Fields): TaskWord {
  if (type === "ERROR_REPORT") return failureIn(fields);
  if (type === "COMPLETION") {
    return { kind: "completed", result: fields.result ?? fields.text_payload ?? null };
  }
  const response = check(responseSchema, fields);
  switch (response.status) {
    case "completed":
      return { kind: "completed", result: response.result ?? null };
    case "failed":
      return failureIn(fields);
    case "in_progress":
      return progressIn(response);
  }
}

function progressIn(response: z.infer<typeof responseSchema>): TaskWord {
  const { completion_percentage: percentage, progress: given, result } = response;
  const progress = given ?? (typeof percentage === "number" ? percentage / 100 : undefined);
  const note = response.progress_note ?? response.note;
  const partial = result ?? undefined;
  if (progress === undefined && note === undefined && partial === undefined) return { kind: "started" };
  return {
    kind: "progressed",
    ...(progress === undefined ? {} : { progress }),
    ...(note === undefined ? {} : { note }),
    partial,
  };
}

/** Who takes no tasks of a type has not failed at one: another may have it. */
function failureIn(fields: Fields): TaskWord {
  const { error_message, error_details, text_payload, error_type } = check(failureSchema, fields);
  const error = error_message ?? error_details ?? text_payload ?? error_type ?? "The agent did not say why.";
  const { code } = fields;
  if (code === "unsupported_type") return { kind: "returned", reason: error };
  if (!isErrorCode(code)) return { kind: "failed", error };
  return { kind: "failed", error, code, isFinal: !retryable(code) };
}

/**
 * Reads the attempt from the id of the message that gave the task, which those name who answer it without knowing of
 * attempts: as what they answer, or at the end of their answer's own id.
 */
function attemptNamed({ in_reply_to_message_id, parent_message_id, message_id }: Fields, taskId: string) {
  for (const named of [in_reply_to_message_id, parent_message_id, message_id]) {
    const at = typeof named === "string" ? named.lastIndexOf(`${taskId}:`) : -1;
    const number = at < 0 ? "" : (named as string).slice(at + taskId.length + 1);
    if (/^[1-9]\d{0,8}$/.test(number)) return Number(number);
  }
  return undefined;
}
