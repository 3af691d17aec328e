/** Tasks on a socket: asked for, watched, cancelled and tried again; each connection hears of what it asked for. */
import { z } from "zod";
import { ParleyError } from "../../shared/error.ts";
import { check } from "../../shared/model/codec.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import { Recent } from "../../shared/recent.ts";
import { TaskDesk } from "../task/desk.ts";
import { fieldsOf, requestIn, REQUESTS } from "../task/spoken.ts";
import { includes, type TaskNews, type WatchedTasks } from "../task/watching.ts";
import type { Watching } from "../watchers.ts";
import type { Connection } from "./connection.ts";
import type { WebSocketEdge } from "./edge.ts";
import type { Frame } from "./frame.ts";

/** What one connection can subscribe to at once. */
const MOST_SUBSCRIPTIONS = 100;
/** Of so many tasks that it asked for one connection hears without subscribing. */
const MOST_ASKED = 10_000;
const LONGEST_ID = 100;

const TYPES: ReadonlySet<string> = new Set([...REQUESTS, "SUBSCRIBE_TASKS", "CANCEL_TASK", "RETRY_TASK"]);

const id = z.string().min(1, "a value is required").max(LONGEST_ID, `allowed are ${LONGEST_ID} characters`);
const subscribeSchema = z.looseObject({
  task_id: id.nullish().transform((given) => given ?? undefined),
  parent_task_id: id.nullish().transform((given) => given ?? undefined),
  only_ended: z.boolean().nullish().transform((given) => given ?? false),
});
const namedSchema = z.looseObject({ task_id: id });

/** Tells whether a frame is for `SocketTasks`. */
export function isAboutTasks({ message_type }: Frame): boolean {
  return TYPES.has(message_type);
}

/** What names a frame, so that its answer can be told from others. */
export function namesOf({ message_id, request_id, ...frame }: Frame): Record<string, unknown> {
  const { task_id } = fieldsOf(frame);
  return {
    in_reply_to_message_id: textOf(message_id),
    request_id: textOf(request_id),
    task_id: textOf(task_id),
  };
}

/** One connection's tasks. Disposing ends what it hears of them. */
export class SocketTasks implements Disposable {
  readonly #connection: Connection;
  readonly #edge: WebSocketEdge;
  readonly #desk: TaskDesk;
  readonly #caller: { asks: Principal; sees: Principal };
  readonly #subscriptions = new Map<string, WatchedTasks>();
  /** The ids of the tasks that it asked for. */
  readonly #asked = new Recent<true>(MOST_ASKED);
  /** One for all, so that nothing is told twice; begun when there is something to watch. */
  #watching: Watching | undefined;
  #isOver = false;

  constructor(
    edge: WebSocketEdge,
    { connection, principal }: { connection: Connection; principal: Principal },
  ) {
    this.#edge = edge;
    this.#connection = connection;
    this.#desk = new TaskDesk(edge.options);
    this.#caller = { asks: principal, sees: principal };
  }

  /** Takes a frame about tasks and answers it; what is wrong with it is told with what names it. */
  async receive(frame: Frame): Promise<void> {
    try {
      if (REQUESTS.has(frame.message_type)) await this.#ask(frame);
      else if (frame.message_type === "SUBSCRIBE_TASKS") await this.#subscribe(frame);
      else await this.#change(frame);
    } catch (thrown) {
      this.#connection.fail(thrown, namesOf(frame));
    }
  }

  /** Tells how a task stands, as the answer to a frame. */
  answer(frame: Frame, task: TaskRecord): void {
    const { in_reply_to_message_id, request_id } = namesOf(frame);
    const shown = this.#desk.shown(task);
    this.#connection.sendJson({
      message_type: "TASK_UPDATE",
      in_reply_to_message_id,
      request_id,
      task: shown,
    });
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#watching?.[Symbol.dispose]();
  }

  async #ask(frame: Frame): Promise<void> {
    const { task } = await this.#desk.submit(this.#caller, requestIn(frame));
    // Nothing is waited for in between: what happens to it from here on is told.
    this.answer(frame, task);
    this.#asked.set(task.task_id, true);
    this.#watch();
  }

  async #subscribe(frame: Frame): Promise<void> {
    const { task_id: taskId, parent_task_id: parentId, only_ended: onlyEnded } = check(
      subscribeSchema,
      fieldsOf(frame),
    );
    const watched = { taskId, parentId, onlyEnded };
    const key = JSON.stringify(watched);
    if (this.#subscriptions.size >= MOST_SUBSCRIPTIONS && !this.#subscriptions.has(key)) {
      throw new ParleyError("rate_limited", `One connection can watch ${MOST_SUBSCRIPTIONS} things at once.`);
    }
    const first = await this.#desk.watchable(this.#caller, watched);
    this.#subscriptions.set(key, watched);
    this.#watch()?.show(first);
  }

  async #change(frame: Frame): Promise<void> {
    const { message_type, request_id } = frame;
    try {
      const { task_id } = check(namedSchema, fieldsOf(frame));
      const task = message_type === "CANCEL_TASK"
        ? await this.#desk.cancel(this.#caller, task_id, this.#caller.asks.id)
        : await this.#desk.retry(this.#caller, task_id);
      const text_payload = message_type === "CANCEL_TASK"
        ? "The task is cancelled."
        : "The task is tried again.";
      this.#connection.sendJson({ message_type, request_id, task_id, status: "success", task, text_payload });
    } catch (thrown) {
      const { code, message: text_payload } = ParleyError.from(thrown);
      if (code === "internal") throw thrown;
      const { task_id } = namesOf(frame);
      this.#connection.sendJson({ message_type, request_id, task_id, status: "error", code, text_payload });
    }
  }

  #watch(): Watching | undefined {
    if (this.#isOver) return undefined;
    const connection = this.#connection;
    const some = (task: TaskRecord) => this.#concerns(task);
    const sink = {
      send: ({ task, json }: TaskNews) => {
        if (some(task)) connection.send(json());
      },
      get isBehind() {
        return connection.isBehind;
      },
      caughtUp: () => connection.caughtUp(),
    };
    return this.#watching ??= this.#edge.options.tasks.watchers.add(this.#caller.sees, { some }, sink);
  }

  #concerns(task: TaskRecord): boolean {
    if (this.#asked.has(task.task_id)) return true;
    return this.#subscriptions.values().some((watched) => includes(watched, task));
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value.slice(0, LONGEST_ID) : undefined;
}
