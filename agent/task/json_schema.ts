/** Writes a schema of zod as JSON schema; a file of its own, since it is loaded only where somebody has such a schema. */
import { toJSONSchema } from "zod";
import type { TaskSchema } from "./parameters.ts";

/** Gives the JSON schema of what may be sent. Throws what zod throws where it is none of zod's, or JSON cannot say it. */
export function jsonSchemaOf(schema: TaskSchema<unknown>): string {
  const { $schema: _, ...rest } = toJSONSchema(schema as never, { io: "input" });
  return JSON.stringify(rest);
}
