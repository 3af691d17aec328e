/** What an agent offers, as it presents itself when it registers: the commands it carries out, the tasks it takes. */
import { NO_TASKS, TASK_TYPES_ATTRIBUTE } from "../shared/model/task.ts";
import type { Profile } from "./registration.ts";
import type { TaskHandlers } from "./task/handlers.ts";

/** The capability of an agent that carries out commands, whatever they are. */
const COMMANDS_CAPABILITY = "commands";

export interface Offer {
  /** What the agent can do besides. */
  capabilities: readonly string[];
  /** The types of commands that it carries out, so that people find it. */
  commandTypes: readonly string[];
  /** What else is to be known of it. */
  attributes?: Readonly<Record<string, string>>;
  tasks: Pick<TaskHandlers, "names" | "capabilities" | "mostAtOnce">;
}

/** Says which tasks the agent takes, also that it takes none: nobody is to be given what it does not know. */
export function presented({ capabilities, commandTypes, attributes, tasks }: Offer): Partial<Profile> {
  const carriesOut = commandTypes.length > 0;
  const carrying = carriesOut ? [COMMANDS_CAPABILITY] : [];
  return {
    capabilities: [...new Set([...capabilities, ...carrying, ...tasks.capabilities])],
    attributes: {
      ...attributes,
      ...(carriesOut ? { command_types: commandTypes.join(" ") } : {}),
      [TASK_TYPES_ATTRIBUTE]: tasks.names.length > 0 ? tasks.names.join(" ") : NO_TASKS,
    },
    maxConcurrent: tasks.mostAtOnce,
  };
}
