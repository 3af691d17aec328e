/** What the server is told of tasks: an end until it is known to be kept, progress at most once. */
import { isErrorCode, retryable } from "../../shared/error.ts";
import type { Report } from "../../shared/grpc/gen/task.ts";
import { logOf } from "../../shared/log.ts";

const log = logOf("agent", "task");

/** Says a report again after so many milliseconds where the server could not keep it. */
const AGAIN_MS = 1_000;

type What = NonNullable<Report["what"]>;

/** What is said of one attempt at a task. */
export interface Said {
  taskId: string;
  attempt: number;
  what: What;
}

export class Reports {
  readonly #send: (report: Report) => void;
  /** The ends that are not known to be kept. */
  readonly #ends = new Map<bigint, Report>();
  readonly #idle = new Set<() => void>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #lastId = 0n;

  /** `send` sends a report if the stream stands. */
  constructor(send: (report: Report) => void) {
    this.#send = send;
  }

  /** The ends that are not known to be kept, to be sent again on a new stream. */
  get ends(): readonly Report[] {
    return [...this.#ends.values()];
  }

  say(said: Said): void {
    const report: Report = { ...said, reportId: ++this.#lastId };
    if (isEnd(said.what)) this.#ends.set(report.reportId, report);
    this.#send(report);
  }

  /** Takes the server's word on a report. */
  kept({ reportId, code, message }: { reportId: bigint; code: string; message: string }): void {
    const report = this.#ends.get(reportId);
    if (!report) return;
    if (isErrorCode(code) && retryable(code)) return this.#again(report);
    if (code !== "") {
      log.warning("What came of {taskId} does not count: {message}", { taskId: report.taskId, message });
    }
    this.#ends.delete(reportId);
    if (this.#ends.size > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle.clear();
  }

  /** Resolves once every end is known to be kept. */
  idle(): Promise<void> {
    if (this.#ends.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.add(resolve));
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #again(report: Report): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#ends.has(report.reportId)) this.#send(report);
    }, AGAIN_MS);
    this.#timers.add(timer);
  }
}

function isEnd({ $case }: What): boolean {
  return $case === "completed" || $case === "failed" || $case === "returned";
}
