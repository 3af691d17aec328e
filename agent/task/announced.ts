/** What an agent says of the types of tasks that it takes, so that people are shown a form for each. */
import { logOf } from "../../shared/log.ts";
import { MOST_ATTRIBUTE_BYTES, MOST_ATTRIBUTES } from "../../shared/model/agent.ts";
import {
  MOST_TASK_SCHEMA_BYTES,
  TASK_DESCRIPTION_PREFIX,
  TASK_SCHEMA_PREFIX,
} from "../../shared/model/task.ts";
import type { TaskSchema } from "./parameters.ts";

const log = logOf("agent", "task");
const encoder = new TextEncoder();

/** Attributes have other things to say, too: which tasks and commands the agent takes. */
const RESERVED = 10;
const RESERVED_BYTES = MOST_ATTRIBUTE_BYTES / 4;
/** A server takes no attribute of a longer name, and none whose name could mislead those who read it. */
const NAME = /^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u;

/** A type of tasks as its author describes it. */
export interface DescribedType {
  taskType: string;
  description?: string | undefined;
  parameters?: TaskSchema<unknown> | undefined;
}

/** Writes the attributes that describe `types`. What cannot be said is left out, with a warning in the log. */
export async function announced(types: readonly DescribedType[]): Promise<Record<string, string>> {
  const attributes: Record<string, string> = {};
  let bytes = RESERVED_BYTES;
  const add = (name: string, value: string) => {
    const more = byteLength(name) + byteLength(value);
    const isTooMuch = Object.keys(attributes).length + RESERVED >= MOST_ATTRIBUTES ||
      bytes + more > MOST_ATTRIBUTE_BYTES;
    if (isTooMuch || !NAME.test(name)) {
      return leaveOut(name, isTooMuch ? "there are too many" : "its name is none");
    }
    attributes[name] = value;
    bytes += more;
  };
  for (const { taskType, description, parameters } of types) {
    const schema = parameters && await schemaOf(taskType, parameters);
    if (schema !== undefined) add(TASK_SCHEMA_PREFIX + taskType, schema);
    if (description !== undefined) add(TASK_DESCRIPTION_PREFIX + taskType, description);
  }
  return attributes;
}

/** Gives the JSON schema of what may be sent; undefined where there is none, or one that is too long. */
async function schemaOf(taskType: string, parameters: TaskSchema<unknown>): Promise<string | undefined> {
  try {
    const json = (await import("./json_schema.ts")).jsonSchemaOf(parameters);
    if (byteLength(json) <= MOST_TASK_SCHEMA_BYTES) return json;
    leaveOut(TASK_SCHEMA_PREFIX + taskType, `it has more than ${MOST_TASK_SCHEMA_BYTES} bytes`);
  } catch (cause) {
    leaveOut(
      TASK_SCHEMA_PREFIX + taskType,
      `it cannot be written as JSON schema (${(cause as Error).message})`,
    );
  }
  return undefined;
}

function leaveOut(name: string, why: string): void {
  log.warning("The attribute {name} is left out: {why}", { name, why });
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}
