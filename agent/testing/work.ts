/** An agent's tasks over streams that a test holds: it gives assignments, and sees each message that is written. */
import { EventEmitter } from "node:events";
import type { ClientWritableStream } from "@grpc/grpc-js";
import { Assignment, type Report, WorkRequest, WorkResponse } from "../../shared/grpc/gen/task.ts";
import type { TaskHandler, TaskHandlerOptions } from "../task/context.ts";
import { TaskHandlers } from "../task/handlers.ts";
import { Tasks } from "../task/tasks.ts";
import { Arrivals } from "./arrivals.ts";

/** One stream, which lasts until the test breaks it. */
export class WorkStream extends EventEmitter {
  readonly written = new Arrivals<WorkRequest>();
  readonly reports = new Arrivals<Report>();
  readonly sizes: number[] = [];

  constructor(private readonly over: (error: Error | null) => void) {
    super();
  }

  write(request: WorkRequest): boolean {
    this.sizes.push(WorkRequest.encode(request).finish().length);
    this.written.add(request);
    for (const report of request.reports) this.reports.add(report);
    return true;
  }

  end(): void {}

  give(...assignments: Partial<Assignment>[]): void {
    this.#say({ assignments: assignments.map((each) => Assignment.fromPartial({ attempt: 1, ...each })) });
  }

  stop(taskId: string): void {
    this.#say({ stopped: [{ taskId, attempt: 1 }] });
  }

  keep({ reportId }: Report): void {
    this.#say({ kept: [{ reportId, code: "", message: "" }] });
  }

  /** Ends as when the server is gone. */
  break(): void {
    this.over(null);
  }

  #say(response: Partial<WorkResponse>): void {
    this.emit("data", WorkResponse.fromPartial(response));
  }
}

/** Starts to take tasks of these types; `streams` are those that it opens, one after another. */
export function working(
  handlers: Record<string, TaskHandlerOptions & { handler: TaskHandler }>,
  maxConcurrent?: number,
) {
  const streams = new Arrivals<WorkStream>();
  const known = new TaskHandlers(maxConcurrent);
  for (const [taskType, entry] of Object.entries(handlers)) known.add(taskType, entry);
  const tasks = new Tasks({
    handlers: known,
    open: (over) => {
      const stream = new WorkStream(over);
      streams.add(stream);
      return stream as unknown as ClientWritableStream<WorkRequest>;
    },
    run: () => Promise.resolve(),
    onChange: () => {},
  });
  tasks.start();
  return { tasks, streams, [Symbol.dispose]: () => tasks.close() };
}
