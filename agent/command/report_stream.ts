/** Tells the server what happens to commands before their results: one stream, opened when there is something to tell. */
import type { ClientWritableStream } from "@grpc/grpc-js";
import type { CommandReport } from "../../shared/grpc/gen/agent_registration.ts";
import { logOf } from "../../shared/log.ts";
import { pause, reconnectPauseMs } from "../../shared/pause.ts";

type Stream = ClientWritableStream<CommandReport>;

/** Opens the stream; `over` is called when it ended for whatever reason. Undefined while the agent is not registered. */
export type OpenReports = (over: (error: Error | null) => void) => Stream | undefined;

/** Characters of output that may be on their way to a server that is slow to take them. */
const MOST_UNSENT = 4_194_304;
/** A stream that stood this long was no failure. */
const STEADY_MS = 5_000;

const log = logOf("agent", "reports");

/**
 * Sends reports at most once and in order. A stream that breaks is opened again while commands go on, and begins with
 * how each of them stands. What is printed meanwhile is not shown, nor what a slow server has not taken in time to make
 * room for it; the results have it.
 */
export class ReportStream {
  readonly #closed = new AbortController();
  #stream: Stream | undefined;
  #reopening = false;
  #failures = 0;
  #openedAtMs = 0;
  #unsent = 0;

  /** `standing` gives one report for each command that goes on. */
  constructor(private readonly open: OpenReports, private readonly standing: () => CommandReport[]) {}

  /** Sends `report`. The first one after a break need not be told: opening says how every command stands. */
  send(report: CommandReport): void {
    if (this.#stream) this.#write(this.#stream, report);
    else if (!this.#reopening) this.#connect(report);
  }

  close(): void {
    this.#closed.abort();
    this.#stream?.end();
    this.#stream = undefined;
  }

  #write(stream: Stream, report: CommandReport): void {
    const length = report.report?.$case === "output" ? report.report.value.text.length : 0;
    if (length > 0 && this.#unsent + length > MOST_UNSENT) return;
    this.#unsent += length;
    stream.write(report, () => {
      if (this.#stream === stream) this.#unsent -= length;
    });
  }

  #connect(first?: CommandReport): void {
    if (this.#closed.signal.aborted) return;
    const stream = this.open((error) => this.#lose(stream, error));
    if (!stream) return void this.#reopen();
    stream.on("error", (error) => this.#lose(stream, error));
    this.#stream = stream;
    this.#unsent = 0;
    this.#openedAtMs = Date.now();
    const standing = this.standing();
    for (const report of standing) this.#write(stream, report);
    const told = standing.some(({ commandId, report }) =>
      commandId === first?.commandId && report?.$case === first.report?.$case
    );
    if (first && !told) this.#write(stream, first);
  }

  #lose(stream: Stream | undefined, error: Error | null): void {
    if (!stream || this.#stream !== stream) return;
    this.#stream = undefined;
    if (Date.now() - this.#openedAtMs > STEADY_MS) this.#failures = 0;
    log.debug("The stream of reports ended: {reason}", { reason: error?.message ?? "closed by the server" });
    void this.#reopen();
  }

  async #reopen(): Promise<void> {
    if (this.#reopening) return;
    this.#reopening = true;
    await pause(reconnectPauseMs(++this.#failures), this.#closed.signal);
    this.#reopening = false;
    if (!this.#stream && this.standing().length > 0) this.#connect();
  }
}
