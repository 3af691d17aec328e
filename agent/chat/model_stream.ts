/** What every model needs around its request: another attempt, an end to silence, and an honest end. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { pause } from "../../shared/pause.ts";
import type { ChatModel, Turn } from "./model.ts";
import { type Failure, ModelFailure, type ModelService, toParleyError } from "./model_failure.ts";
import { DEFAULT_RETRY_POLICY, retryDelayMs, type RetryPolicy } from "./retry.ts";

const log = logOf("agent", "model");

/** A part of an answer. The last one is `finished`; an answer that ends without is broken. */
export interface Piece {
  text: string;
  finished: boolean;
}

/** Makes one request. Throws `ModelFailure`; `signal` ends the request and the stream. */
export type Ask = (turns: Turn[], signal: AbortSignal) => Promise<AsyncIterable<Piece>>;

/** What may be set of how a model is asked. */
export interface StreamOptions {
  /** Longest wait for the first piece and between two, in milliseconds; default 60,000. */
  silenceMs?: number;
  retry?: Partial<RetryPolicy>;
}

/** Creates a model that asks by `ask`. `service` is read when something failed, so it may learn its model late. */
export function createChatModel(ask: Ask, service: ModelService, options: StreamOptions = {}): ChatModel {
  const { silenceMs = 60_000, retry } = options;
  const policy = { ...DEFAULT_RETRY_POLICY, ...retry };
  return {
    async *stream(turns, signal) {
      for (let attempt = 1;; attempt++) {
        const failed = yield* attemptOnce(new Request(ask, { turns, signal, silenceMs }));
        if (!failed) return;
        await waitOrThrow(failed, attempt, { policy, service, signal });
      }
    },
  };
}

/** An attempt that failed: why, and whether anything had been written by then. */
interface Failed {
  thrown: unknown;
  hasBegun: boolean;
}

async function* attemptOnce(request: Request): AsyncGenerator<string, Failed | undefined> {
  let hasBegun = false;
  try {
    for await (const text of request.texts()) {
      hasBegun = true;
      yield text;
    }
  } catch (thrown) {
    return { thrown, hasBegun };
  }
}

interface Patience {
  policy: RetryPolicy;
  service: ModelService;
  signal: AbortSignal;
}

/** Pauses before another attempt, or throws when there is none. */
async function waitOrThrow({ thrown, hasBegun }: Failed, attempt: number, patience: Patience): Promise<void> {
  const { policy, service, signal } = patience;
  if (signal.aborted) throw cancelled(thrown);
  const failure = failureOf(thrown);
  const delayMs = hasBegun ? undefined : retryDelayMs(failure, attempt, { policy });
  if (delayMs === undefined) throw toParleyError(failure, service, thrown);
  log.warning("{name} failed ({failure}); attempt {next} in {delayMs} ms", {
    name: service.name,
    failure: failure.kind === "refused" ? failure.status : failure.kind,
    next: attempt + 1,
    delayMs,
  });
  await pause(delayMs, signal);
  if (signal.aborted) throw cancelled(thrown);
}

function cancelled(cause: unknown): ParleyError {
  return new ParleyError("cancelled", "The answer was stopped.", { cause });
}

/** What is no `ModelFailure` came from reading the answer. */
function failureOf(thrown: unknown): Failure {
  return thrown instanceof ModelFailure ? thrown.failure : { kind: "broken" };
}

interface RequestOptions {
  turns: Turn[];
  signal: AbortSignal;
  silenceMs: number;
}

/** One request, ended by its signal, by silence, or by whoever stops reading it. */
class Request {
  readonly #ended = new AbortController();
  #isSilent = false;

  constructor(private readonly ask: Ask, private readonly options: RequestOptions) {}

  async *texts(): AsyncGenerator<string> {
    const { turns, signal } = this.options;
    let hasText = false;
    try {
      const asked = this.ask(turns, AbortSignal.any([signal, this.#ended.signal]));
      const pieces = (await this.#soon(asked))[Symbol.asyncIterator]();
      for (let isFinished = false; !isFinished;) {
        const { done, value } = await this.#soon(pieces.next());
        if (done) throw this.#failure({ kind: "broken" });
        if (value.text) yield value.text;
        hasText ||= value.text !== "";
        isFinished = value.finished;
      }
      if (!hasText) throw this.#failure({ kind: "empty" });
    } finally {
      this.#ended.abort();
    }
  }

  /** Waits for `work`, at most as long as silence may last; then the request is ended. */
  async #soon<T>(work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.#isSilent = true;
      this.#ended.abort();
    }, this.options.silenceMs);
    try {
      return await work;
    } catch (cause) {
      throw this.#isSilent
        ? this.#failure({ kind: "silent", afterMs: this.options.silenceMs }, cause)
        : cause;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Some clients end a stream quietly when it is aborted: silence is then the truer name. */
  #failure(failure: Failure, cause?: unknown): ModelFailure {
    const afterMs = this.options.silenceMs;
    return new ModelFailure(this.#isSilent ? { kind: "silent", afterMs } : failure, { cause });
  }
}
