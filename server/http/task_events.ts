/** `GET /api/task-events`: what happens to tasks, as it happens, for whoever reads a stream of HTTP. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { TaskDesk } from "../task/desk.ts";
import { includes, type TaskNews, type WatchedTasks } from "../task/watching.ts";
import type { WatcherSink } from "../watchers.ts";
import { deskCallerOf } from "./caller.ts";
import type { HttpOptions } from "./server.ts";

/** Bytes that may wait to be read before a reader counts as behind. */
const BEHIND = 64 * 1024;
/** A reader that hears nothing for much longer knows that the connection is dead, in milliseconds. */
const SIGN_MS = 10_000;

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
    const feed = new EventFeed(watched);
    feed.begin((sink) => tasks.watchers.add(caller.sees, watched, sink, first), closing);
    return c.body(feed.stream, 200, { "content-type": "text/event-stream; charset=utf-8" });
  });
}

/** One reader's stream, which ends when the reader leaves or the server does. */
class EventFeed implements WatcherSink<TaskNews> {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #watched: WatchedTasks;
  readonly #encoder = new TextEncoder();
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #resources: DisposableStack | undefined = new DisposableStack();
  #drained: PromiseWithResolvers<boolean> | undefined;

  constructor(watched: WatchedTasks) {
    this.#watched = watched;
    this.stream = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#wake(true),
      cancel: () => this.#end(),
    }, { highWaterMark: BEHIND, size: (chunk) => chunk.byteLength });
  }

  /** Sends what `watch` gives, until the reader leaves or `closing` aborts. */
  begin(watch: (sink: this) => Disposable, closing: AbortSignal): void {
    const close = () => this.#end();
    const sign = setInterval(() => this.#write(": still here\n\n"), SIGN_MS);
    this.#resources!.defer(() => clearInterval(sign));
    closing.addEventListener("abort", close, { once: true });
    this.#resources!.defer(() => closing.removeEventListener("abort", close));
    // At once, so that the reader knows that it is listened to.
    this.#write(": here\n\n");
    this.#resources!.use(watch(this));
    if (closing.aborted) this.#end();
  }

  send(news: TaskNews): void {
    if (includes(this.#watched, news.task)) this.#write(`data: ${news.json()}\n\n`);
  }

  get isBehind(): boolean {
    return (this.#controller.desiredSize ?? 0) <= 0;
  }

  async caughtUp(): Promise<boolean> {
    if (!this.#resources || !this.isBehind) return this.#resources !== undefined;
    this.#drained ??= Promise.withResolvers();
    return await this.#drained.promise;
  }

  #write(text: string): void {
    if (this.#resources) this.#controller.enqueue(this.#encoder.encode(text));
  }

  #wake(isOpen: boolean): void {
    this.#drained?.resolve(isOpen);
    this.#drained = undefined;
  }

  #end(): void {
    const resources = this.#resources;
    if (!resources) return;
    this.#resources = undefined;
    resources.dispose();
    this.#wake(false);
    try {
      this.#controller.close();
    } catch { /* its reader has left */ }
  }
}
