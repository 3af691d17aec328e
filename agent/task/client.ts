/** Asking for tasks, and hearing what becomes of them. */
import type { ClientReadableStream, Metadata } from "@grpc/grpc-js";
import { isErrorCode, ParleyError, retryable } from "../../shared/error.ts";
import { unary } from "../../shared/grpc/channel.ts";
import type {
  CancelResponse,
  GetResponse,
  ListResponse,
  NewTask as WireNewTask,
  RetryResponse,
  SubmitResponse,
  Task as WireTask,
  TaskServiceClient,
  WatchRequest,
  WatchResponse,
} from "../../shared/grpc/gen/task.ts";
import { fromServiceError } from "../../shared/grpc/status.ts";
import { isTaskEnded, type TaskStatus } from "../../shared/model/task.ts";
import { pause, reconnectPauseMs } from "../../shared/pause.ts";
import { type ShownTask, type TaskRequested, toShown, toWire } from "./wire.ts";

/** Which tasks are listed. */
export interface TaskQuery {
  limit?: number;
  cursor?: string;
  statuses?: readonly TaskStatus[];
  agentId?: string;
  taskType?: string;
  query?: string;
  parentTaskId?: string;
}

export interface TaskClientOptions {
  client: TaskServiceClient;
  /** Says who asks; throws `not_registered` where that is nobody yet. */
  metadata: () => Metadata;
}

/** Every method throws what the server refuses with, and `unavailable` while it is away. */
export class TaskClient {
  readonly #options: TaskClientOptions;

  constructor(options: TaskClientOptions) {
    this.#options = options;
  }

  /** Asks for a task; resolves to its id once it cannot be lost. Asking again with the same id or key changes nothing. */
  async submit(asked: TaskRequested): Promise<string> {
    const [submitted] = await this.submitAll([asked]);
    if (submitted instanceof ParleyError) throw submitted;
    return submitted!;
  }

  /** Asks for up to 1,000 tasks; gives of each its id, or why it was refused. */
  async submitAll(asked: readonly TaskRequested[]): Promise<(string | ParleyError)[]> {
    const tasks: WireNewTask[] = asked.map(toWire);
    const { submitted } = await this.#call<SubmitResponse>((client, ...rest) =>
      client.submit({ tasks }, ...rest)
    );
    return submitted.map(({ taskId, code, message }) =>
      code === "" ? taskId : new ParleyError(isErrorCode(code) ? code : "internal", message)
    );
  }

  async get(taskId: string): Promise<ShownTask> {
    const { task } = await this.#call<GetResponse>((client, ...rest) => client.get({ taskId }, ...rest));
    return toShown(task!);
  }

  /** Lists tasks, newest first, without what is very long. */
  async list(query: TaskQuery = {}): Promise<{ items: ShownTask[]; next_cursor: string | null }> {
    const request = {
      limit: query.limit ?? 0,
      cursor: query.cursor ?? "",
      statuses: [...query.statuses ?? []],
      agentId: query.agentId ?? "",
      taskType: query.taskType ?? "",
      query: query.query ?? "",
      parentTaskId: query.parentTaskId ?? "",
    };
    const { tasks, nextCursor } = await this.#call<ListResponse>((client, ...rest) =>
      client.list(request, ...rest)
    );
    return { items: tasks.map(toShown), next_cursor: nextCursor || null };
  }

  async cancel(taskId: string): Promise<ShownTask> {
    const { task } = await this.#call<CancelResponse>((client, ...rest) =>
      client.cancel({ taskId }, ...rest)
    );
    return toShown(task!);
  }

  /** Has a task tried again that failed, timed out or was cancelled. */
  async retry(taskId: string): Promise<ShownTask> {
    const { task } = await this.#call<RetryResponse>((client, ...rest) => client.retry({ taskId }, ...rest));
    return toShown(task!);
  }

  /**
   * Tells how the tasks stand that are asked for, and what becomes of them, in order; each may be told twice after the
   * server was away, and what ended meanwhile is told to nobody who watches all. Ends when `signal` aborts. Throws what
   * the server refuses with.
   */
  async *watch(
    { taskId = "", parentTaskId = "", onlyEnded = false, withoutParameters = false }: Partial<WatchRequest>,
    signal: AbortSignal,
  ): AsyncGenerator<ShownTask> {
    const request = { taskId, parentTaskId, onlyEnded, withoutParameters };
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        for await (const task of this.#watchOnce(request, signal)) {
          failures = 1;
          yield toShown(task);
        }
      } catch (thrown) {
        const error = ParleyError.from(thrown);
        if (signal.aborted) return;
        if (!retryable(error.code)) throw error;
      }
      await pause(reconnectPauseMs(failures), signal);
    }
  }

  /** Resolves to the task once it has ended, however; waits for a server that is away. Rejects with `cancelled` when `signal` aborts. */
  async ended(taskId: string, signal: AbortSignal): Promise<ShownTask> {
    const task = await this.#end({ taskId }, signal);
    return task.left_out?.length ? await this.get(taskId) : task;
  }

  /** Resolves to the result of a task. Rejects with why it has none. */
  async result(taskId: string, signal: AbortSignal): Promise<unknown> {
    const end = await this.#end({ taskId, withoutParameters: true }, signal);
    const { status, result, error, code } = end.left_out?.includes("result") ? await this.get(taskId) : end;
    if (status === "completed") return result;
    throw new ParleyError(code ?? "internal", error ?? `The task ${taskId} is '${status}'.`);
  }

  async #end(watched: Partial<WatchRequest>, signal: AbortSignal): Promise<ShownTask> {
    const over = new AbortController();
    try {
      for await (const task of this.watch(watched, AbortSignal.any([signal, over.signal]))) {
        if (isTaskEnded(task.status)) return task;
      }
    } finally {
      over.abort();
    }
    throw new ParleyError("cancelled", `Nobody waits for the task ${watched.taskId} any more.`);
  }

  async *#watchOnce(request: WatchRequest, signal: AbortSignal): AsyncGenerator<WireTask> {
    const call: ClientReadableStream<WatchResponse> = this.#options.client.watch(
      request,
      this.#options.metadata(),
    );
    const cancel = () => call.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      for await (const { tasks } of call as AsyncIterable<WatchResponse>) yield* tasks;
    } catch (error) {
      throw fromServiceError(error as Parameters<typeof fromServiceError>[0]);
    } finally {
      signal.removeEventListener("abort", cancel);
      call.cancel();
    }
  }

  #call<Response>(
    make: (
      client: TaskServiceClient,
      ...rest: Parameters<Parameters<typeof unary<Response>>[0]>
    ) => ReturnType<Parameters<typeof unary<Response>>[0]>,
  ): Promise<Response> {
    const { client, metadata } = this.#options;
    return unary<Response>((...rest) => make(client, ...rest), { metadata: metadata() });
  }
}
