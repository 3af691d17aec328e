/** What a watcher of tasks is told by gRPC: the news of one turn of the event loop travel together. */
import type { ServerWritableStream } from "@grpc/grpc-js";
import { FrameWriter } from "../../shared/grpc/frame_writer.ts";
import type { Task, WatchRequest, WatchResponse } from "../../shared/grpc/gen/task.ts";
import { isTaskEnded } from "../../shared/model/task.ts";
import { listed } from "../task/shown.ts";
import type { TaskNews } from "../task/watching.ts";
import type { WatcherSink } from "../watchers.ts";
import { toWire } from "./task_wire.ts";

/** Reckons with so many bytes for a task beside what may be long. */
const TASK_BYTES = 1_000;

export class TaskFeed implements WatcherSink<TaskNews> {
  readonly #call: ServerWritableStream<WatchRequest, WatchResponse>;
  readonly #writer: FrameWriter<Task>;

  constructor(call: ServerWritableStream<WatchRequest, WatchResponse>) {
    this.#call = call;
    this.#writer = new FrameWriter((tasks) => call.write({ tasks }));
    call.once("close", () => this.#writer[Symbol.dispose]());
  }

  send({ task }: TaskNews): void {
    const { onlyEnded, withoutParameters } = this.#call.request;
    if (onlyEnded && !isTaskEnded(task.status)) return;
    const told = toWire(listed(task, withoutParameters ? ["parameters", "description"] : []), null);
    this.#writer.send(told, TASK_BYTES + lengthOf(told));
  }

  get isBehind(): boolean {
    return this.#call.writableNeedDrain;
  }

  caughtUp(): Promise<boolean> {
    const call = this.#call;
    if (call.cancelled || call.destroyed) return Promise.resolve(false);
    if (!call.writableNeedDrain) return Promise.resolve(true);
    return new Promise((resolve) => {
      call.once("drain", () => resolve(true));
      call.once("close", () => resolve(false));
      call.once("cancelled", () => resolve(false));
    });
  }
}

/** Counts what may be long. */
function lengthOf({ description, parametersJson, resultJson, error, progressNote, attempts }: Task): number {
  const texts = [description, parametersJson, resultJson, error, progressNote];
  return attempts.reduce((sum, { error }) => sum + error.length, 0) +
    texts.reduce((sum, text) => sum + text.length, 0);
}
