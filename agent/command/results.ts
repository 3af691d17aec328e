/** Results on their way to the server: each is sent until it is taken, however long the server is away. */
import { type ErrorCode, ParleyError } from "../../shared/error.ts";
import type { CommandResult } from "../../shared/grpc/gen/agent_registration.ts";
import { logOf } from "../../shared/log.ts";
import { pause, reconnectPauseMs } from "../../shared/pause.ts";
import { Recent } from "../../shared/recent.ts";

const log = logOf("agent", "results");

/** Answers after which no other is to be expected: it is not known (any more), it has been told, it is not understood. */
const FINAL: ReadonlySet<ErrorCode> = new Set([
  "not_found",
  "conflict",
  "forbidden",
  "invalid_json",
  "invalid_message",
  "too_large",
  "unsupported_type",
]);
/** Commands that are remembered as ended, so that one that comes twice runs once. */
const REMEMBERED = 10_000;

export class Results {
  readonly #sending = new Map<string, Promise<void>>();
  readonly #ended = new Recent<true>(REMEMBERED);
  readonly #closed = new AbortController();

  /** `send` sends one result; rejects with why it was not taken. */
  constructor(private readonly send: (result: Omit<CommandResult, "agentId">) => Promise<void>) {}

  /** The ids of the commands whose results are not taken yet. */
  get ids(): string[] {
    return [...this.#sending.keys()];
  }

  /** Tells whether this command has ended, whether or not its result is taken. */
  has(id: string): boolean {
    return this.#sending.has(id) || this.#ended.has(id);
  }

  add(result: Omit<CommandResult, "agentId">): void {
    const { commandId } = result;
    this.#ended.set(commandId, true);
    const sending = this.#untilTaken(result).then(() => {
      if (this.#sending.get(commandId) === sending) this.#sending.delete(commandId);
    });
    this.#sending.set(commandId, sending);
  }

  /** Resolves when every result is taken, or refused for good. */
  async idle(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending.values());
  }

  close(): void {
    this.#closed.abort();
  }

  async #untilTaken(result: Omit<CommandResult, "agentId">): Promise<void> {
    for (let failures = 1; !this.#closed.signal.aborted; failures++) {
      try {
        return await this.send(result);
      } catch (thrown) {
        const { code, message: reason } = ParleyError.from(thrown);
        const id = result.commandId;
        if (FINAL.has(code)) {
          return log.warning("The result of command {id} was refused: {reason}", { id, reason });
        }
        if (failures === 1) log.info("The result of command {id} has to wait: {reason}", { id, reason });
        await pause(reconnectPauseMs(failures), this.#closed.signal);
      }
    }
  }
}
