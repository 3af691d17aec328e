/** A task: what somebody wants done by whichever agent can, and what became of it (protocol, "HTTP", "Task"). */
import * as z from "zod";
import { ERROR_CODES, type ErrorCode } from "../error.ts";
import { timestamp } from "./message.ts";

export const TASK_STATUSES = [
  "pending",
  "assigned",
  "in_progress",
  "completed",
  "failed",
  "cancelled",
  "timed_out",
] as const;
export type TaskStatus = typeof TASK_STATUSES[number];

/** Statuses after which nothing more happens to a task, unless somebody has it tried again. */
const ENDED_TASK_STATUSES = ["completed", "failed", "cancelled", "timed_out"] as const;
export type EndedTaskStatus = typeof ENDED_TASK_STATUSES[number];

/** Tells whether an agent has such a task. */
export function isTaskHeld(status: TaskStatus): boolean {
  return status === "assigned" || status === "in_progress";
}

/** Tells whether nothing more happens to a task by itself. */
export function isTaskEnded(status: TaskStatus): status is EndedTaskStatus {
  return (ENDED_TASK_STATUSES as readonly string[]).includes(status);
}

/** The documents' names of the priorities; the first is 1. */
export const PRIORITY_NAMES = ["critical", "high", "medium", "low", "background"] as const;

/** How an attempt ended: `lost` where its agent was gone. */
const ATTEMPT_OUTCOMES = ["completed", "failed", "lost", "timed_out", "cancelled"] as const;
export type AttemptOutcome = typeof ATTEMPT_OUTCOMES[number];

const MOST_CAPABILITIES = 100;
/** Longest time that one attempt may be given, in seconds. */
const LONGEST_TIMEOUT_S = 30 * 86_400;
const MOST_RETRIES = 100;
const PRIORITY_RULE = "Allowed is 1 (critical) to 5 (background), or one of those names";

const word = z.string().trim().min(1).max(200);
const id = z.string().min(1).max(100);

const priority = z.union([z.int(), z.string()], { error: PRIORITY_RULE })
  .transform((given) => typeof given === "number" ? given : numberOf(given))
  .refine((number) => number >= 1 && number <= PRIORITY_NAMES.length, { error: PRIORITY_RULE });

function numberOf(name: string): number {
  return 1 + PRIORITY_NAMES.findIndex((known) => known === name.trim().toLowerCase());
}

const time = z.string()
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: "Allowed is a time of ISO 8601" })
  .transform((text) => timestamp(Date.parse(text)));

/** Describes what is asked for. What is absent or null has its default; unknown fields are passed over. */
export const newTaskSchema = z.object({
  task_id: id.nullish(),
  task_type: word,
  description: z.string().max(100_000).nullish().transform((text) => text ?? ""),
  parameters: z.record(z.string(), z.unknown()).nullish().transform((given) => given ?? {}),
  required_capabilities: z.array(word).max(MOST_CAPABILITIES).nullish().transform((all) => [...new Set(all)]),
  priority: priority.nullish().transform((given) => given ?? 3),
  /** Until when it has to be completed. */
  deadline: time.nullish(),
  /** Who gets it, should they be able to take it. */
  preferred_agent: id.nullish(),
  /** The task that this one is a part of. */
  parent_task_id: id.nullish(),
  /** Whoever asks again with the same key gets the task that there is. */
  idempotency_key: z.string().min(1).max(200).nullish(),
  /** Seconds that one attempt may take; absent: as long as its agent is heard of. */
  timeout_s: z.number().positive().max(LONGEST_TIMEOUT_S).nullish(),
  /** Attempts after one that failed, before the task has. */
  max_retries: z.int().min(0).max(MOST_RETRIES).nullish(),
});
export type NewTask = z.infer<typeof newTaskSchema>;

/** One time that an agent had the task. Times are ISO 8601; what has not happened yet is null. */
export interface TaskAttempt {
  attempt: number;
  agent_id: string;
  started_at: string;
  ended_at: string | null;
  outcome: AttemptOutcome | null;
  error: string | null;
}

/** A task as it is kept and shown. */
export interface TaskRecord {
  task_id: string;
  task_type: string;
  description: string;
  parameters: Record<string, unknown>;
  required_capabilities: string[];
  /** 1 (critical) to 5 (background). */
  priority: number;
  status: TaskStatus;
  /** Who has it, or had it last. */
  agent_id: string | null;
  /** The fencing token: the number of the last assignment; 0 before the first. */
  attempt: number;
  /** 0 to 1. */
  progress: number;
  progress_note: string | null;
  /** What came of it, or of what is done so far. */
  result: unknown;
  error: string | null;
  code: ErrorCode | null;
  attempts: TaskAttempt[];
  parent_task_id: string | null;
  deadline: string | null;
  preferred_agent: string | null;
  idempotency_key: string | null;
  timeout_s: number | null;
  max_retries: number;
  /** It is not assigned before this time: the pause after an attempt that failed. */
  not_before: string | null;
  /** How many attempts there had been when somebody last had it tried again: those do not count any more. */
  forgiven_attempts: number;
  created_at: string;
  updated_at: string;
  ended_at: string | null;
  /** Whose task it is. */
  requested_by: string;
}

/** The part of a task to which nothing has happened yet. */
export const NOTHING_DONE = {
  status: "pending",
  agent_id: null,
  attempt: 0,
  progress: 0,
  progress_note: null,
  result: null,
  error: null,
  code: null,
  attempts: [],
  not_before: null,
  forgiven_attempts: 0,
  ended_at: null,
} as const satisfies Partial<TaskRecord>;

/** Describes a task as it is shown, for those who read it from the wire. */
export const taskSchema = z.looseObject({
  task_id: z.string(),
  task_type: z.string(),
  description: z.string().default(""),
  parameters: z.record(z.string(), z.unknown()).default({}),
  required_capabilities: z.array(z.string()).default([]),
  priority: z.int().default(3),
  status: z.enum(TASK_STATUSES),
  agent_id: z.string().nullable(),
  attempt: z.int(),
  progress: z.number(),
  progress_note: z.string().nullable().default(null),
  result: z.unknown(),
  error: z.string().nullable(),
  code: z.enum(ERROR_CODES).nullable().default(null),
  attempts: z.array(z.object({
    attempt: z.int(),
    agent_id: z.string(),
    started_at: z.string(),
    ended_at: z.string().nullable(),
    outcome: z.enum(ATTEMPT_OUTCOMES).nullable(),
    error: z.string().nullable(),
  })),
  parent_task_id: z.string().nullable(),
  deadline: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

/** The attribute in which an agent says, when it registers, which types of tasks it takes, with spaces between them. */
export const TASK_TYPES_ATTRIBUTE = "task_types";
/** What it says there that takes none. */
export const NO_TASKS = "none";

/** Begins the attribute in which an agent says, as JSON schema, what a type of tasks takes: the type's name follows. */
export const TASK_SCHEMA_PREFIX = "task_schema.";
export const MOST_TASK_SCHEMA_BYTES = 8 * 1024;
/** Begins the attribute in which it says for people what a type of tasks does. */
export const TASK_DESCRIPTION_PREFIX = "task_description.";
export const LONGEST_TASK_DESCRIPTION = 1_000;
