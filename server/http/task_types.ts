/** `GET /api/task-types`: which tasks agents take, and what each needs, so that people can be shown a form. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { callerOf } from "./caller.ts";
import { answers } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const typeSchema = z.object({
  task_type: z.string(),
  description: z.string(),
  parameters_schema: z.record(z.string(), z.unknown()).nullable().openapi({
    description: "JSON schema of the task's parameters; null where nobody says.",
  }),
  agents: z.array(z.object({ agent_id: z.string(), agent_name: z.string(), is_online: z.boolean() })),
}).openapi("TaskType");

const list = createRoute({
  method: "get",
  path: "/api/task-types",
  responses: answers(
    z.object({ items: z.array(typeSchema), next_cursor: z.null() }),
    "The types of tasks that agents say they take, by name.",
  ),
});

export function addTaskTypes(app: OpenAPIHono, { tasks, roster, delivery, authorize }: HttpOptions): void {
  app.openapi(list, async (c) => {
    const { principal } = await callerOf(c.req.header("authorization"), delivery);
    authorize(principal, "read_roster", "*");
    return c.json({ items: tasks.taskTypes(roster), next_cursor: null }, 200);
  });
}
