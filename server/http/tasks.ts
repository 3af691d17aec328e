/** `/api/tasks`: what somebody wants done, and what became of it. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { requireShallow } from "../../shared/model/codec.ts";
import { actorOf } from "../../shared/model/principal.ts";
import { newTaskSchema, TASK_STATUSES, taskSchema } from "../../shared/model/task.ts";
import { TaskDesk } from "../task/desk.ts";
import { deskCallerOf } from "./caller.ts";
import { answers, pageOf, pageQuery, searched } from "./schema.ts";
import type { HttpOptions } from "./server.ts";

const shownSchema = taskSchema.extend({
  progress: z.number().openapi({ description: "0 to 1." }),
  waiting_reason: z.string().nullable().openapi({ description: "Why nobody has it yet." }),
  left_out: z.array(z.string()).optional().openapi({
    description: "Fields that a list does not show for their length; the task itself has them.",
  }),
}).openapi("Task");
const withSubtasksSchema = shownSchema.extend({
  subtask_ids: z.array(z.string()).openapi({ description: "The newest 100." }),
}).openapi("TaskWithSubtasks");

const STATUS_RULE = `allowed are ${TASK_STATUSES.join(", ")}, with commas between them`;
const statuses = z.string().max(200).optional()
  .transform((text) => text?.split(",").map((word) => word.trim()).filter((word) => word !== ""))
  .pipe(z.array(z.enum(TASK_STATUSES, STATUS_RULE)).optional())
  .openapi({ type: "string", description: `Several are separated by commas: ${TASK_STATUSES.join(", ")}.` });

const listQuery = pageQuery.extend({
  status: statuses,
  agent: searched,
  type: searched,
  q: searched.openapi({ description: "In the type, the description or the id." }),
  parent: searched,
});
const params = z.object({ id: z.string().max(100) });

const create = createRoute({
  method: "post",
  path: "/api/tasks",
  request: { body: { required: true, content: { "application/json": { schema: newTaskSchema } } } },
  responses: {
    201: {
      description: "It is kept, and given to an agent as soon as one can take it.",
      content: { "application/json": { schema: shownSchema } },
    },
    ...answers(shownSchema, "There is a task with this id or key already: this one."),
  },
});

const list = createRoute({
  method: "get",
  path: "/api/tasks",
  request: { query: listQuery },
  responses: answers(pageOf(shownSchema), "Tasks, newest first."),
});

const show = createRoute({
  method: "get",
  path: "/api/tasks/{id}",
  request: { params },
  responses: answers(withSubtasksSchema, "The task."),
});

const cancel = createRoute({
  method: "post",
  path: "/api/tasks/{id}/cancel",
  request: { params },
  responses: answers(
    shownSchema,
    "The task, which has ended; its subtasks end, and its agent is told to stop.",
  ),
});

const retry = createRoute({
  method: "post",
  path: "/api/tasks/{id}/retry",
  request: { params },
  responses: answers(
    shownSchema,
    "The task, which is tried again. One that was completed, or has not ended, is not.",
  ),
});

export function addTasks(app: OpenAPIHono, { tasks, delivery, authorize }: HttpOptions): void {
  const desk = new TaskDesk({ tasks, authorize });
  const callerOf = (authorization: string | undefined) => deskCallerOf(authorization, delivery);

  app.openapi(create, async (c) => {
    const caller = await callerOf(c.req.header("authorization"));
    const asked = c.req.valid("json");
    requireShallow(asked);
    const { task, isNew } = await desk.submit(caller, asked);
    return isNew ? c.json(task, 201) : c.json(task, 200);
  });
  app.openapi(list, async (c) => {
    const caller = await callerOf(c.req.header("authorization"));
    const { limit, cursor, status, agent, type, q, parent } = c.req.valid("query");
    const filter = {
      statuses: status?.length ? status : undefined,
      agentId: agent || undefined,
      taskType: type || undefined,
      query: q || undefined,
      parentId: parent || undefined,
    };
    return c.json(await desk.list(caller, { limit, ...(cursor ? { cursor } : {}), ...filter }), 200);
  });
  app.openapi(show, async (c) => {
    const caller = await callerOf(c.req.header("authorization"));
    const { id } = c.req.valid("param");
    const task = await desk.get(caller, id);
    return c.json({ ...task, subtask_ids: await desk.subtaskIds(caller, id) }, 200);
  });
  app.openapi(cancel, async (c) => {
    const caller = await callerOf(c.req.header("authorization"));
    return c.json(await desk.cancel(caller, c.req.valid("param").id, actorOf(caller.asks)), 200);
  });
  app.openapi(retry, async (c) => {
    const caller = await callerOf(c.req.header("authorization"));
    return c.json(await desk.retry(caller, c.req.valid("param").id), 200);
  });
}
