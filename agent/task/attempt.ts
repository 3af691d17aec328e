/** One attempt at one task: its handler runs, and what comes of it is said. */
import { setImmediate } from "node:timers";
import { ParleyError, retryable } from "../../shared/error.ts";
import type { Assignment } from "../../shared/grpc/gen/task.ts";
import { cutToKept, requireSmall } from "../../shared/task/limits.ts";
import type { Subtask, Task, TaskHandler } from "./context.ts";
import type { Said } from "./reports.ts";

/** Progress is said so often at most, in milliseconds. */
const PROGRESS_MS = 100;
/** What may be too large, whole or in part. */
const RESULT = "The result of a task";

type What = Said["what"];

export interface AttemptOptions {
  assignment: Assignment;
  handler: TaskHandler;
  say: (what: What) => void;
  run: (subtask: Subtask, parentTaskId: string, signal: AbortSignal) => Promise<unknown>;
}

export class Attempt {
  readonly ended: Promise<void>;
  readonly #options: AttemptOptions;
  readonly #stopping = new AbortController();
  #pending: { progress?: number; note?: string; partialJson?: string } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.ended = this.#work();
  }

  /** Has the handler stop; what comes of it is not said. */
  stop(reason: ParleyError): void {
    this.#stopping.abort(reason);
    this.#finish();
  }

  async #work(): Promise<void> {
    const { handler, say } = this.#options;
    // What ends at once need not be said to have started.
    const starting = setImmediate(() => this.#isOver || say({ $case: "started", value: {} }));
    try {
      const end = completed(await handler(this.#task()));
      if (!this.#isOver) say(end);
    } catch (thrown) {
      if (!this.#isOver) say(failed(thrown));
    } finally {
      clearImmediate(starting);
      this.#finish();
    }
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #task(): Task {
    const { assignment, run } = this.#options;
    const { signal } = this.#stopping;
    return {
      id: assignment.taskId,
      type: assignment.taskType,
      description: assignment.description,
      parameters: JSON.parse(assignment.parametersJson || "{}"),
      requiredCapabilities: assignment.requiredCapabilities,
      priority: assignment.priority,
      deadline: assignment.deadline ? new Date(assignment.deadline) : undefined,
      parentTaskId: assignment.parentTaskId || undefined,
      requestedBy: assignment.requestedBy,
      attempt: assignment.attempt,
      maxAttempts: assignment.maxAttempts,
      signal,
      progress: (fraction, note, partial) => this.#progress(fraction, note, partial),
      run: (subtask) => run(subtask, assignment.taskId, signal),
    };
  }

  #progress(progress: number, note: string | undefined, partial: unknown): void {
    if (!(progress >= 0 && progress <= 1)) {
      throw new ParleyError("invalid_message", `Progress goes from 0 to 1; ${progress} is none.`);
    }
    const partialJson = partial === undefined ? this.#pending?.partialJson : JSON.stringify(partial);
    if (partialJson !== undefined) requireSmall(partialJson, RESULT);
    const said = note === undefined ? this.#pending?.note : cutToKept(note);
    this.#pending = { progress, note: said, partialJson };
    if (this.#timer === undefined) this.#sayProgress();
  }

  #sayProgress(): void {
    const value = this.#pending;
    this.#pending = undefined;
    this.#timer = undefined;
    if (!value || this.#isOver) return;
    this.#options.say({ $case: "progress", value });
    this.#timer = setTimeout(() => this.#sayProgress(), PROGRESS_MS);
  }
}

function completed(result: unknown): What {
  const resultJson = result === undefined ? "" : JSON.stringify(result) ?? "";
  requireSmall(resultJson, RESULT);
  return { $case: "completed", value: { resultJson } };
}

function failed(thrown: unknown): What {
  const { code, message, cause } = ParleyError.from(thrown);
  const error = code === "internal" && cause instanceof Error ? `${cause.name}: ${cause.message}` : message;
  return { $case: "failed", value: { error: cutToKept(error), code, isFinal: !retryable(code) } };
}
