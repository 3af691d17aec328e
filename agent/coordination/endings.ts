/** Who is told when a task has ended. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import type { TaskResponse } from "./task_message.ts";

const log = logOf("agent", "coordination");

export type ResultCallback = (response: TaskResponse) => Promise<void> | void;

/** Keeps callbacks and promises by task, until it has ended. */
export class Endings {
  readonly #waiting = new Map<
    string,
    { ended: PromiseWithResolvers<TaskResponse>; calls: ResultCallback[] }
  >();

  /** Calls `call` once, when the task has ended. What it throws goes to the log. */
  call(taskId: string, call: ResultCallback): void {
    this.#of(taskId).calls.push(call);
  }

  /** Resolves when the task has ended. */
  wait(taskId: string): Promise<TaskResponse> {
    return this.#of(taskId).ended.promise;
  }

  /** Tells everybody what came of a task. */
  end(response: TaskResponse): void {
    const waiting = this.#waiting.get(response.taskId);
    this.#waiting.delete(response.taskId);
    waiting?.ended.resolve(response);
    for (const call of waiting?.calls ?? []) void callSafely(call, response);
  }

  /** Lets those go who wait for a task that there is not. */
  forget(taskId: string): void {
    this.#waiting.delete(taskId);
  }

  /** Tells who still waits that nothing will come. */
  abandon(): void {
    const reason = new ParleyError("cancelled", "The coordinator was disposed of before the task had ended.");
    for (const { ended } of this.#waiting.values()) ended.reject(reason);
    this.#waiting.clear();
  }

  #of(taskId: string) {
    const known = this.#waiting.get(taskId);
    if (known) return known;
    const made = { ended: Promise.withResolvers<TaskResponse>(), calls: [] };
    // Nobody may be waiting when it is abandoned.
    made.ended.promise.catch(() => {});
    this.#waiting.set(taskId, made);
    return made;
  }
}

async function callSafely(call: ResultCallback, response: TaskResponse): Promise<void> {
  try {
    await call(response);
  } catch (error) {
    log.error("The callback for the task {task} failed: {error}", { task: response.taskId, error });
  }
}
