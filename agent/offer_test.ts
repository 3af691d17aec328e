import { strict as assert } from "node:assert";
import { NO_TASKS } from "../shared/model/task.ts";
import { presented } from "./offer.ts";

const NO_HANDLERS = { names: [], capabilities: [], mostAtOnce: 8 };

Deno.test("presented() says that an agent takes no tasks, and nothing of commands where it carries out none", () => {
  assert.deepEqual(presented({ capabilities: ["chat"], commandTypes: [], tasks: NO_HANDLERS }), {
    capabilities: ["chat"],
    attributes: { task_types: NO_TASKS },
    maxConcurrent: 8,
  });
});

Deno.test("presented() names the types of commands and tasks, and each capability once", () => {
  const tasks = { names: ["resize", "crop"], capabilities: ["images", "chat"], mostAtOnce: 2 };
  assert.deepEqual(presented({ capabilities: ["chat"], commandTypes: ["shell", "rotate-logs"], tasks }), {
    capabilities: ["chat", "commands", "images"],
    attributes: { command_types: "shell rotate-logs", task_types: "resize crop" },
    maxConcurrent: 2,
  });
});
