/** A stream to the server that is opened when it is first needed, and again after growing pauses when it breaks. */
import type { ClientWritableStream } from "@grpc/grpc-js";
import { logOf } from "../shared/log.ts";
import { pause, reconnectPauseMs } from "../shared/pause.ts";

type Stream<T> = ClientWritableStream<T>;

/** Opens the stream; `over` is called when it ended for whatever reason. Undefined while the agent is not registered. */
export type OpenStream<T> = (over: (error: Error | null) => void) => Stream<T> | undefined;

export interface LastingStreamOptions<T> {
  /** What is written to it, for the log. */
  what: string;
  open: OpenStream<T>;
  onOpened: (stream: Stream<T>) => void;
  onLost?: () => void;
  /** Called after the pause: whoever has something to write opens it then. */
  onAgain: () => void;
}

/** A stream that stood this long, in milliseconds, was no failure. */
const STEADY_MS = 5_000;

const log = logOf("agent", "stream");

export class LastingStream<T> {
  readonly #closed = new AbortController();
  #current: Stream<T> | undefined;
  #isPausing = false;
  #failures = 0;
  #openedAtMs = 0;

  constructor(private readonly options: LastingStreamOptions<T>) {}

  /** The stream while it stands. */
  get current(): Stream<T> | undefined {
    return this.#current;
  }

  /** Opens the stream. Undefined when it was closed, waits to be opened again, or cannot be opened now. */
  open(): Stream<T> | undefined {
    if (this.#isPausing || this.#closed.signal.aborted) return undefined;
    const stream = this.options.open((error) => this.#lose(stream, error));
    if (!stream) {
      void this.#again();
      return undefined;
    }
    stream.on("error", (error) => this.#lose(stream, error));
    this.#current = stream;
    this.#openedAtMs = Date.now();
    this.options.onOpened(stream);
    return stream;
  }

  /** Ends the stream, and opens none any more. */
  close(): void {
    this.#closed.abort();
    this.#current?.end();
    this.#current = undefined;
  }

  #lose(stream: Stream<T> | undefined, error: Error | null): void {
    if (!stream || this.#current !== stream) return;
    this.#current = undefined;
    if (Date.now() - this.#openedAtMs > STEADY_MS) this.#failures = 0;
    const reason = error?.message ?? "closed by the server";
    log.debug("The stream of {what} ended: {reason}", { what: this.options.what, reason });
    this.options.onLost?.();
    void this.#again();
  }

  async #again(): Promise<void> {
    if (this.#isPausing) return;
    this.#isPausing = true;
    await pause(reconnectPauseMs(++this.#failures), this.#closed.signal);
    this.#isPausing = false;
    this.options.onAgain();
  }
}
