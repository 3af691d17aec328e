/** What a type of tasks takes: parameters that do not fit fail the task before its handler sees them. */
import { ParleyError } from "../../shared/error.ts";
import type { CommandSchema } from "../command/functions.ts";
import type { TaskHandler } from "./context.ts";

/** Checks and shapes a task's parameters, as zod's schemas do. */
export type TaskSchema<T> = CommandSchema<T>;

/** Gives `handler` what `schema` makes of the parameters. What does not fit fails the task for good, naming the field. */
export function checking<T>(schema: TaskSchema<T>, handler: TaskHandler<T>): TaskHandler {
  return (task) => handler({ ...task, parameters: fitting(schema, task.parameters) });
}

function fitting<T>(schema: TaskSchema<T>, parameters: unknown): T {
  const parsed = schema.safeParse(parameters);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) =>
    `Field '${["parameters", ...path].map(String).join(".")}': ${message}`
  );
  throw new ParleyError("invalid_message", `${faults.join("; ")}.`);
}
