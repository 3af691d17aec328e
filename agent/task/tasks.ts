/** An agent's tasks: given by the server on one stream, worked on, and told of on the same. */
import type { ClientDuplexStream } from "@grpc/grpc-js";
import { ParleyError } from "../../shared/error.ts";
import { FrameWriter } from "../../shared/grpc/frame_writer.ts";
import type { Assignment, Held, Report, WorkRequest, WorkResponse } from "../../shared/grpc/gen/task.ts";
import { logOf } from "../../shared/log.ts";
import { LastingStream, type OpenStream } from "../lasting_stream.ts";
import { AssignmentLine, keyOf } from "./assignment_line.ts";
import { Attempt } from "./attempt.ts";
import type { Subtask } from "./context.ts";
import type { TaskHandlers } from "./handlers.ts";
import { Reports } from "./reports.ts";

const log = logOf("agent", "task");

/** So many bytes are reckoned with for what is no text. */
const WORD_BYTES = 100;

export interface TasksOptions {
  handlers: TaskHandlers;
  open: OpenStream<WorkRequest>;
  run: (subtask: Subtask, parentTaskId: string, signal: AbortSignal) => Promise<unknown>;
  /** Called when the number of tasks has changed. */
  onChange: () => void;
}

export class Tasks {
  readonly #options: TasksOptions;
  readonly #stream: LastingStream<WorkRequest>;
  readonly #reports = new Reports((report) => this.#writer?.send(report, sizeOf(report)));
  /** What is worked on, by task and attempt. */
  readonly #attempts = new Map<string, { held: Held; attempt: Attempt }>();
  /** What waits for a place. */
  readonly #line: AssignmentLine;
  #writer: FrameWriter<Report> | undefined;
  #isEnding = false;

  constructor(options: TasksOptions) {
    this.#options = options;
    this.#line = new AssignmentLine(options.handlers);
    this.#stream = new LastingStream<WorkRequest>({
      what: "tasks",
      open: options.open,
      onOpened: (stream) => this.#opened(stream as ClientDuplexStream<WorkRequest, WorkResponse>),
      onLost: () => this.#lost(),
      onAgain: () => {
        if (!this.#stream.current) this.#stream.open();
      },
    });
  }

  /** How many are worked on. */
  get running(): number {
    return this.#attempts.size;
  }

  /** Begins to take tasks, if there is a handler for any; call once registered. */
  start(): void {
    if (this.#options.handlers.types.length > 0) this.#stream.open();
  }

  /** Takes no more, and resolves once what is worked on has ended and the server has kept that. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#stream.current?.write({ reports: [], takesNoMore: true });
    this.#giveBackWaiting();
    await Promise.all(this.#attempts.values().map(({ attempt }) => attempt.ended));
    await this.#reports.idle();
  }

  /** Has what is still worked on stop, and gives it back. */
  giveBack(): void {
    this.#giveBackWaiting();
    const reason = new ParleyError("cancelled", "The agent is ending.");
    for (const { attempt, held } of this.#attempts.values()) {
      attempt.stop(reason);
      this.#reports.say({ ...held, what: returned() });
    }
    this.#writer?.flush();
  }

  close(): void {
    this.giveBack();
    this.#lost();
    this.#reports.close();
    this.#stream.close();
  }

  #giveBackWaiting(): void {
    for (const held of this.#line.held) this.#reports.say({ ...held, what: returned() });
    this.#line.clear();
  }

  #opened(stream: ClientDuplexStream<WorkRequest, WorkResponse>): void {
    const ends = this.#reports.ends;
    const held = [...this.#attempts.values().map(({ held }) => held), ...this.#line.held, ...ends];
    stream.write({
      takesNoMore: this.#isEnding,
      hello: {
        types: this.#options.handlers.types,
        held: held.map(({ taskId, attempt }) => ({ taskId, attempt })),
      },
      reports: [],
    });
    this.#writer = new FrameWriter((reports) => stream.write({ reports, takesNoMore: false }));
    // A long outage leaves more of them than one message may hold.
    for (const end of ends) this.#writer.send(end, sizeOf(end));
    stream.on("data", (response: WorkResponse) => {
      if (this.#stream.current === stream) this.#receive(response);
    });
  }

  #lost(): void {
    this.#writer?.[Symbol.dispose]();
    this.#writer = undefined;
  }

  #receive({ assignments, stopped, kept }: WorkResponse): void {
    for (const each of kept) this.#reports.kept(each);
    for (const held of stopped) this.#stop(held);
    for (const assignment of assignments) this.#take(assignment);
    this.#beginReady();
  }

  #stop(held: Held): void {
    this.#line.remove(held);
    const reason = new ParleyError("cancelled", `The task ${held.taskId} is not this agent's any more.`);
    this.#attempts.get(keyOf(held))?.attempt.stop(reason);
  }

  #take(assignment: Assignment): void {
    const { taskId, attempt, taskType } = assignment;
    if (this.#attempts.has(keyOf(assignment)) || this.#line.has(assignment)) return;
    if (!this.#isEnding && this.#options.handlers.find(taskType)) return this.#line.add(assignment);
    this.#reports.say({ taskId, attempt, what: returned() });
  }

  #beginReady(): void {
    for (let next = this.#line.takeReady(); next; next = this.#line.takeReady()) this.#begin(next);
  }

  #begin(assignment: Assignment): void {
    const { taskId, attempt, taskType } = assignment;
    const held = { taskId, attempt };
    const say = (what: Report["what"]) => this.#reports.say({ ...held, what: what! });
    const handler = this.#options.handlers.find(taskType)!;
    log.debug("Task {taskId}, attempt {attempt}: {type}", { ...held, type: taskType });
    const work = new Attempt({ assignment, handler, say, run: this.#options.run });
    this.#attempts.set(keyOf(held), { held, attempt: work });
    this.#options.onChange();
    void work.ended.then(() => {
      this.#attempts.delete(keyOf(held));
      this.#line.leave(taskType);
      this.#options.onChange();
      this.#beginReady();
    });
  }
}

function returned(): NonNullable<Report["what"]> {
  return { $case: "returned", value: { reason: "The agent ended." } };
}

function sizeOf({ what }: Report): number {
  switch (what?.$case) {
    case "completed":
      return WORD_BYTES + what.value.resultJson.length;
    case "failed":
      return WORD_BYTES + what.value.error.length;
    case "progress":
      return WORD_BYTES + (what.value.note?.length ?? 0) + (what.value.partialJson?.length ?? 0);
    default:
      return WORD_BYTES;
  }
}
