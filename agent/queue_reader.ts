/** An agent and its queue: what comes is read into the inbox, and what is answered goes out by the same bus. */
import { currentFileLog } from "../shared/audit/file_logging.ts";
import type { MessageBus, Subscription } from "../shared/bus/bus.ts";
import { ParleyError, retryable } from "../shared/error.ts";
import { logOf } from "../shared/log.ts";
import type { Message } from "../shared/model/message.ts";
import { agentQueue, BROKER_INPUT_QUEUE } from "../shared/model/queue.ts";
import { atMost, pause, reconnectPauseMs } from "../shared/pause.ts";
import { openAgentBus } from "./agent_bus.ts";
import type { FilledOptions } from "./agent_options.ts";
import { envelopeOf } from "./answer.ts";
import type { Connection } from "./connection.ts";
import type { MessageHandler, ReplyHandler } from "./context.ts";
import { logged } from "./file_log.ts";
import { readHistory } from "./history.ts";
import { Inbox } from "./inbox.ts";
import { ReplyStream } from "./reply_stream.ts";
import type { ServerCalls } from "./server_calls.ts";

const log = logOf("agent");

/** How long requests in flight may take to be finished when the agent ends, in milliseconds. */
const GRACE_MS = 10_000;

/** What is done with what comes. */
export interface MessageHandlers {
  onMessage: MessageHandler;
  onReply: ReplyHandler | undefined;
}

export interface QueueReaderOptions extends FilledOptions {
  connection: Connection;
  calls: ServerCalls;
}

export class QueueReader {
  readonly #replies: ReplyStream;
  readonly #ending = new AbortController();
  #bus: MessageBus | undefined;
  #inbox: Inbox | undefined;
  #subscription: Subscription | undefined;

  constructor(private readonly options: QueueReaderOptions) {
    this.#replies = new ReplyStream(options.calls.openReplies);
  }

  /** What is answered now, and how many were since the start; undefined before the start. */
  get figures(): Inbox["figures"] | undefined {
    return this.#inbox?.figures;
  }

  /** Opens the bus and begins to answer; once the agent is registered. Throws what the bus does. */
  async start(handlers: MessageHandlers): Promise<void> {
    const { connection, busUrl, server, maxConcurrent, maxRetries } = this.options;
    const { channel, identity: { id } } = connection;
    const identity = () => connection.identity;
    this.#bus = await openAgentBus(busUrl, { server, identity, channel, maxRetries });
    this.#inbox = this.#makeInbox(id, handlers);
    this.#subscription = await this.#bus.consume(agentQueue(id), this.#inbox.handle, {
      // More than are worked on: what is answered and only waits for the bus to have its answer keeps no other waiting.
      prefetch: Math.ceil(maxConcurrent * 1.5),
      graceMs: GRACE_MS + 1_000,
    });
  }

  /** Stops the reply that `ids` name, by its own id or its request's. Tells whether there is one. */
  stopReply(ids: (string | undefined)[]): boolean {
    return this.#inbox?.stopReply(ids) ?? false;
  }

  /** Takes nothing more, finishes what is in flight (10 s at most; the rest is delivered again), and closes the bus. */
  async close(): Promise<void> {
    const settled = this.#subscription?.[Symbol.asyncDispose]();
    if (!await atMost(GRACE_MS, this.#inbox?.idle() ?? Promise.resolve())) this.#inbox?.abandon();
    this.#ending.abort();
    await settled;
    await this.#bus?.[Symbol.asyncDispose]();
    this.#replies.close();
  }

  #makeInbox(id: string, { onMessage, onReply }: MessageHandlers): Inbox {
    const { connection, calls, name, maxConcurrent, fileLog = currentFileLog() } = this.options;
    const work = { onMessage, publish: (message: Message) => this.#publish(message) };
    return new Inbox({
      ...logged(work, id, fileLog),
      maxConcurrent,
      agent: { id, name },
      replies: this.#replies,
      history: (messageId, page) =>
        readHistory(
          () => calls.messagesBefore(messageId, page),
          page.conversationId,
          this.#ending.signal,
        ),
      onReply,
      onChange: () => connection.change(),
    });
  }

  /** Publishes until the bus has it: what was written once need not be written again because the bus was away. */
  async #publish(message: Message): Promise<void> {
    for (let failures = 1;; failures++) {
      try {
        return await this.#bus!.publish(BROKER_INPUT_QUEUE, envelopeOf(message));
      } catch (thrown) {
        const error = ParleyError.from(thrown);
        if (!retryable(error.code) || this.#ending.signal.aborted) throw error;
        if (failures === 1) {
          log.warning("A reply has to wait for the bus: {reason}", { reason: error.message });
        }
        await pause(reconnectPauseMs(failures), this.#ending.signal);
      }
    }
  }
}
