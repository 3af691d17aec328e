/** The types of tasks that an agent takes. */
import { ParleyError } from "../../shared/error.ts";
import type { TaskType } from "../../shared/grpc/gen/task.ts";
import { LONGEST_TASK_DESCRIPTION } from "../../shared/model/task.ts";
import type { DescribedType } from "./announced.ts";
import type { TaskHandler, TaskHandlerOptions } from "./context.ts";
import { checking } from "./parameters.ts";

const MOST_AT_ONCE = 1_000;
/** How many tasks are worked on at once where nobody says. */
const USUAL_AT_ONCE = 8;

interface Entry<Parameters> extends TaskHandlerOptions<Parameters> {
  handler: TaskHandler<Parameters>;
}
type Known = Omit<Entry<unknown>, "handler"> & { handler: TaskHandler };

export class TaskHandlers {
  readonly #entries = new Map<string, Known>();
  readonly #given: number | undefined;

  /** `maxConcurrent`: how many tasks the agent takes at once in all; undefined: as many as its handlers do together. */
  constructor(maxConcurrent: number | undefined) {
    this.#given = maxConcurrent;
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  get capabilities(): string[] {
    return [...this.#entries.values()].flatMap(({ capabilities = [] }) => capabilities);
  }

  /** What the server is told. */
  get types(): TaskType[] {
    return Array.from(this.#entries, ([taskType, { maxConcurrent = 0 }]) => ({ taskType, maxConcurrent }));
  }

  /** How their authors describe them. */
  get described(): DescribedType[] {
    return Array.from(this.#entries, ([taskType, { description, parameters }]) => ({
      taskType,
      description,
      parameters,
    }));
  }

  /** How many tasks the agent works on at once in all. */
  get mostAtOnce(): number {
    if (this.#given !== undefined) return this.#given;
    const limits = [...this.#entries.values()].map(({ maxConcurrent = USUAL_AT_ONCE }) => maxConcurrent);
    return Math.max(USUAL_AT_ONCE, limits.reduce((sum, limit) => sum + limit, 0));
  }

  /** Gives how many tasks of a type it works on at once. */
  mostOf(taskType: string): number {
    return this.#entries.get(taskType)?.maxConcurrent ?? Infinity;
  }

  /** Throws `conflict` when the type has a handler, and `invalid_message` for what is no name, number or description. */
  add<Parameters>(taskType: string, entry: Entry<Parameters>): void {
    const { maxConcurrent: most, description, parameters, handler } = entry;
    if (!/^\S{1,200}$/u.test(taskType)) {
      throw new ParleyError(
        "invalid_message",
        "A type of tasks is a word of 1 to 200 characters, without spaces.",
      );
    }
    if (most !== undefined && !(Number.isInteger(most) && most >= 1 && most <= MOST_AT_ONCE)) {
      throw new ParleyError(
        "invalid_message",
        `maxConcurrent: allowed is a whole number, 1 to ${MOST_AT_ONCE}.`,
      );
    }
    if (description !== undefined && !isDescription(description)) {
      throw new ParleyError(
        "invalid_message",
        `description: allowed are 1 to ${LONGEST_TASK_DESCRIPTION} characters of text.`,
      );
    }
    if (this.#entries.has(taskType)) {
      throw new ParleyError("conflict", `There is a handler for tasks of the type '${taskType}' already.`);
    }
    const checked = parameters ? checking(parameters, handler) : handler as TaskHandler;
    this.#entries.set(taskType, { ...entry, handler: checked });
  }

  find(taskType: string): TaskHandler | undefined {
    return this.#entries.get(taskType)?.handler;
  }
}

/** An attribute that is empty or says `true` would be a capability. */
function isDescription(text: string): boolean {
  return text.length <= LONGEST_TASK_DESCRIPTION && !["", "true"].includes(text.trim().toLowerCase());
}
