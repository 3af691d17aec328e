/** `GET /api/task-events`: what happens to tasks, as it happens, for whoever reads a stream of HTTP. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { TaskDesk } from "../task/desk.ts";
import { includes, type TaskNews } from "../task/watching.ts";
import { deskCallerOf } from "./caller.ts";
import { EventFeed } from "./event_feed.ts";
import type { HttpOptions } from "./server.ts";

const id = z.string().min(1).max(100).optional();
const flag = z.enum(["true", "false"]).default("false").transform((word) => word === "true");

const events = createRoute({
  method: "get",
  path: "/api/task-events",
  request: {
    query: z.object({
      task: id.openapi({ description: "This task alone." }),
      parent: id.openapi({ description: "The subtasks of this one alone." }),
      only_ended: flag.openapi({ type: "string", enum: ["true", "false"] }),
    }),
  },
  responses: {
    200: {
      description:
        "At first how the task stands, or the subtasks; then a TASK_UPDATE at each change, in order.",
      content: { "text/event-stream": { schema: z.string() } },
    },
  },
});

export function addTaskEvents(app: OpenAPIHono, options: HttpOptions): void {
  const { tasks, delivery, authorize, closing } = options;
  const desk = new TaskDesk({ tasks, authorize });
  app.openapi(events, async (c) => {
    const caller = await deskCallerOf(c.req.header("authorization"), delivery);
    const { task: taskId, parent: parentId, only_ended: onlyEnded } = c.req.valid("query");
    const watched = { taskId, parentId, onlyEnded };
    const first = await desk.watchable(caller, watched);
    const feed = new EventFeed((news: TaskNews) => includes(watched, news.task) ? news.json() : undefined);
    feed.begin((sink) => tasks.watchers.add(caller.sees, watched, sink, first), closing);
    return c.body(feed.stream, 200, EventFeed.HEADERS);
  });
}
