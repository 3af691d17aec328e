/** `Work`: an agent's stream of tasks. It says what it takes, is given tasks, and tells of them. */
import { Metadata, type ServerDuplexStream } from "@grpc/grpc-js";
import { ParleyError } from "../../shared/error.ts";
import { FrameWriter } from "../../shared/grpc/frame_writer.ts";
import type { Hello, Report, WorkRequest, WorkResponse } from "../../shared/grpc/gen/task.ts";
import { logOf } from "../../shared/log.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import type { HeldTask, TaskStream } from "../task/agent_line.ts";
import type { TaskCenter } from "../task/center.ts";
import type { TakenType } from "../task/workers.ts";
import { type Edge, sessionKeyOf } from "./edge.ts";
import { toAssignment, wordOf } from "./task_wire.ts";

const MOST_TYPES = 1_000;
/** More than an agent has at once. */
const MOST_HELD = 10_000;
/** Reckons with so many bytes for what is not a task. */
const WORD_BYTES = 100;

const log = logOf("server", "grpc", "work");

type WorkCall = ServerDuplexStream<WorkRequest, WorkResponse>;
type Word = Partial<{ [Kind in keyof WorkResponse]: WorkResponse[Kind][number] }>;

/** Makes the handler of `Work`. */
export function createWork(edge: Edge, center: TaskCenter): (call: WorkCall) => void {
  return (call) =>
    edge.holdWritten(call, {
      kind: "work",
      begin: () => {
        const agent = edge.callerOf(call.metadata);
        edge.authorize(agent, "work_on_tasks", agent.id);
        // As with replies, the stream is no presence, and is over when the id is somebody else's.
        const working = edge.roster.openReplies(agent.id, sessionKeyOf(call.metadata));
        working.ended.addEventListener("abort", () => edge.end(call, working.ended.reason));
        const bench = new Workbench(call, { agentId: agent.id, edge, center });
        call.sendMetadata(new Metadata());
        return { [Symbol.dispose]: () => [bench, working].forEach((held) => held[Symbol.dispose]()) };
      },
    });
}

/** One agent's open stream. */
class Workbench implements TaskStream, Disposable {
  types: readonly TakenType[] = [];
  readonly #call: WorkCall;
  readonly #options: { agentId: string; edge: Edge; center: TaskCenter };
  readonly #writer: FrameWriter<Word>;
  #isGreeted = false;

  constructor(call: WorkCall, options: { agentId: string; edge: Edge; center: TaskCenter }) {
    this.#call = call;
    this.#options = options;
    this.#writer = new FrameWriter((words) => call.write(together(words)));
    call.on("data", (request: WorkRequest) => this.#receive(request));
    call.on("end", () => call.end());
  }

  give(task: TaskRecord): void {
    const assignment = toAssignment(task);
    const bytes = assignment.parametersJson.length + assignment.description.length + WORD_BYTES;
    this.#writer.send({ assignments: assignment }, bytes);
  }

  stop({ taskId, attempt }: HeldTask): void {
    this.#writer.send({ stopped: { taskId, attempt } }, WORD_BYTES);
  }

  [Symbol.dispose](): void {
    this.#writer[Symbol.dispose]();
    this.#options.center.agents.closed(this.#options.agentId, this);
  }

  #receive({ hello, reports, takesNoMore }: WorkRequest): void {
    const { agentId, edge, center } = this.#options;
    center.agents.heard(agentId);
    try {
      if (hello) this.#greet(hello);
      if (!this.#isGreeted) {
        throw new ParleyError("invalid_message", "Field 'hello': the first message needs it.");
      }
    } catch (fault) {
      return edge.end(this.#call, fault);
    }
    if (takesNoMore) this.#takeNoMore();
    for (const report of reports) void this.#take(report);
  }

  #takeNoMore(): void {
    this.types = [];
    this.#options.center.agents.refresh(this.#options.agentId);
  }

  /** What it takes is said once; an agent that wants to take something else opens another stream. */
  #greet({ types, held }: Hello): void {
    if (this.#isGreeted) throw new ParleyError("conflict", "Field 'hello': it was said already.");
    if (types.length > MOST_TYPES || types.some(({ taskType }) => taskType === "")) {
      throw new ParleyError(
        "invalid_message",
        `Field 'types': allowed are ${MOST_TYPES} types, each with a name.`,
      );
    }
    if (held.length > MOST_HELD) {
      throw new ParleyError("invalid_message", `Field 'held': allowed are ${MOST_HELD} tasks.`);
    }
    this.types = types.map(({ taskType, maxConcurrent }) => ({ taskType, mostAtOnce: maxConcurrent }));
    this.#isGreeted = true;
    this.#options.center.agents.opened(this.#options.agentId, this, held);
  }

  /** Answers a report once what it says is kept, or refused for good. Without an answer it is told again. */
  async #take(report: Report): Promise<void> {
    const { reportId, taskId } = report;
    const { agentId, center } = this.#options;
    try {
      await center.agents.report({ agentId, attempt: report.attempt }, taskId, wordOf(report));
      this.#writer.send({ kept: { reportId, code: "", message: "" } }, WORD_BYTES);
    } catch (thrown) {
      const { code, message, cause } = ParleyError.from(thrown);
      if (code === "unavailable" || code === "internal") {
        log.warning("What {agentId} says of {taskId} is not kept: {cause}", {
          agentId,
          taskId,
          cause: cause ?? message,
        });
      }
      this.#writer.send({ kept: { reportId, code, message } }, WORD_BYTES);
    }
  }
}

function together(words: readonly Word[]): WorkResponse {
  const response: WorkResponse = { assignments: [], stopped: [], kept: [] };
  for (const { assignments, stopped, kept } of words) {
    if (assignments) response.assignments.push(assignments);
    if (stopped) response.stopped.push(stopped);
    if (kept) response.kept.push(kept);
  }
  return response;
}
