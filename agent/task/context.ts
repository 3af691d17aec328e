/** What a task's handler is given. */
import type { TaskRecord } from "../../shared/model/task.ts";
import type { TaskSchema } from "./parameters.ts";

/** Parameters that nobody has checked. */
export type AnyParameters = Readonly<Record<string, unknown>>;

/** A task that is to be worked on. */
export interface Task<Parameters = AnyParameters> {
  readonly id: string;
  readonly type: string;
  readonly description: string;
  /** What the type's schema makes of them; as they were sent where it has none. */
  readonly parameters: Parameters;
  readonly requiredCapabilities: readonly string[];
  /** 1 (critical) to 5 (background). */
  readonly priority: number;
  /** Until when it has to be completed. */
  readonly deadline: Date | undefined;
  readonly parentTaskId: string | undefined;
  /** Whose task it is. */
  readonly requestedBy: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** How many attempts there may be that fail. */
  readonly maxAttempts: number;
  /**
   * Aborts when the task was cancelled, its time is over, or another agent has it: what comes then counts for nothing.
   * The handler keeps its place until it ends.
   */
  readonly signal: AbortSignal;
  /**
   * Tells how far it is, from 0 to 1, with a note for people (10,000 characters; more is cut off) and what is done so
   * far. At most once; what is told too fast is told together. Throws `invalid_message` for another number.
   */
  progress(fraction: number, note?: string, partial?: unknown): void;
  /**
   * Asks for a subtask, and resolves to its result. Rejects with why it failed; with `cancelled` when this task is over.
   */
  run(subtask: Subtask): Promise<unknown>;
}

/** What a task asks others for. */
export type Subtask =
  & { task_type: string }
  & Partial<
    Pick<
      TaskRecord,
      | "description"
      | "parameters"
      | "required_capabilities"
      | "priority"
      | "deadline"
      | "preferred_agent"
      | "idempotency_key"
      | "timeout_s"
      | "max_retries"
    >
  >;

/**
 * Works on a task. What is returned is its result (JSON, up to 1 MiB). A throw fails the attempt: another follows, unless
 * it is a `ParleyError` of a code for which that would change nothing.
 */
export type TaskHandler<Parameters = AnyParameters> = (task: Task<Parameters>) => Promise<unknown> | unknown;

export interface TaskHandlerOptions<Parameters = AnyParameters> {
  /** Says in a line what such a task does, for people who ask for one; 1,000 characters at most. */
  description?: string | undefined;
  /**
   * The parameters that such a task takes, as a schema of zod or shaped like one. People are shown a form that is made of
   * zod's. Parameters that do not fit fail the task at once.
   */
  parameters?: TaskSchema<Parameters> | undefined;
  /** What the agent can do for it, beside its other capabilities. */
  capabilities?: readonly string[] | undefined;
  /** How many tasks of this type it takes at once, 1–1000; default as many as it takes in all. */
  maxConcurrent?: number | undefined;
}
