/** Tells the server what happens to commands before their results: one stream, opened when there is something to tell. */
import type { ClientWritableStream } from "@grpc/grpc-js";
import type { CommandReport } from "../../shared/grpc/gen/agent_registration.ts";
import { LastingStream, type OpenStream } from "../lasting_stream.ts";

/** Characters of output that may be on their way to a server that is slow to take them. */
const MOST_UNSENT = 4_194_304;

/**
 * Sends reports at most once and in order. A stream that breaks is opened again while commands go on, and begins with
 * how each of them stands. What is printed meanwhile is not shown, nor what a slow server has not taken in time to make
 * room for it; the results have it.
 */
export class ReportStream {
  readonly #stream: LastingStream<CommandReport>;
  #unsent = 0;
  /** What the stream that is being opened has been told of how commands stand. */
  #told: CommandReport[] = [];

  /** `standing` gives one report for each command that goes on. */
  constructor(open: OpenStream<CommandReport>, standing: () => CommandReport[]) {
    this.#stream = new LastingStream({
      what: "reports",
      open,
      onOpened: (stream) => {
        this.#unsent = 0;
        this.#told = standing();
        for (const report of this.#told) this.#write(stream, report);
      },
      onAgain: () => {
        if (!this.#stream.current && standing().length > 0) this.#stream.open();
      },
    });
  }

  /** Sends `report`. The first one after a break need not be told: opening says how every command stands. */
  send(report: CommandReport): void {
    const { current } = this.#stream;
    if (current) return this.#write(current, report);
    const opened = this.#stream.open();
    if (opened && !this.#hasTold(report)) this.#write(opened, report);
  }

  close(): void {
    this.#stream.close();
  }

  #hasTold({ commandId, report }: CommandReport): boolean {
    return this.#told.some((told) => told.commandId === commandId && told.report?.$case === report?.$case);
  }

  #write(stream: ClientWritableStream<CommandReport>, report: CommandReport): void {
    const length = report.report?.$case === "output" ? report.report.value.text.length : 0;
    if (length > 0 && this.#unsent + length > MOST_UNSENT) return;
    this.#unsent += length;
    stream.write(report, () => {
      if (this.#stream.current === stream) this.#unsent -= length;
    });
  }
}
