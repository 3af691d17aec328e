/** The agent that people write theirs with: connected, answering, and ending without losing a request. */
import { getConfig } from "@logtape/logtape";
import type { MessageBus, Subscription } from "../shared/bus/bus.ts";
import { type ErrorCode, ParleyError, retryable } from "../shared/error.ts";
import type { Command } from "../shared/grpc/gen/agent_registration.ts";
import { logOf, setUpLog } from "../shared/log.ts";
import type { Message } from "../shared/model/message.ts";
import { agentQueue, BROKER_INPUT_QUEUE } from "../shared/model/queue.ts";
import { untilSignal } from "../shared/shutdown.ts";
import { envelopeOf } from "./answer.ts";
import { openAgentBus } from "./agent_bus.ts";
import { Connection, type Health } from "./connection.ts";
import type { ConversationMessage, MessageHandler } from "./context.ts";
import { Inbox } from "./inbox.ts";
import { atMost, pause, reconnectPauseMs } from "../shared/pause.ts";
import { ReplyStream } from "./reply_stream.ts";

const log = logOf("agent");

/** How long requests in flight may take to be finished when the agent ends, in milliseconds. */
const GRACE_MS = 10_000;
/** How often a conversation is asked for while the server is away: for about 8 s, as long as it takes to start again. */
const HISTORY_TRIES = 8;
/** What says that there is nothing for this agent to read: refused, or a server that keeps no conversations. */
const NOTHING_TO_READ: ReadonlySet<ErrorCode> = new Set(["not_found", "forbidden", "unsupported_type"]);

export interface AgentOptions {
  /** Shown to people. */
  name: string;
  /** The id to have: 1–100 of `[A-Za-z0-9_.:-]`, in use by nobody else now. Without one the server assigns a new one. */
  id?: string | undefined;
  /** The id to have where `id` is not given and nobody has this one; else the server assigns a new one. */
  preferredId?: string | undefined;
  /** Describes the agent, such as `worker` or `researcher`; it grants nothing. Default `assistant`. */
  role?: string | undefined;
  /** What the agent can do, one word each, such as `chat`. Brokers choose by them. Default `["chat"]`. */
  capabilities?: readonly string[] | undefined;
  /** How many requests are answered at once, 1–1000; default 8. */
  maxConcurrent?: number | undefined;
  /** `host:port` of the server's gRPC; default `localhost:50051`. */
  server?: string | undefined;
  /** `hub` (default): through the server. `amqp://…`: RabbitMQ directly, when the server uses it too. */
  busUrl?: string | undefined;
  /** The agent's own version, shown to people. */
  version?: string | undefined;
  /** Seconds between heartbeats until the server says otherwise; default 30. */
  heartbeatIntervalS?: number | undefined;
  /** How often a request whose handling fails to end is delivered, where this process owns the queue; default 3. */
  maxRetries?: number | undefined;
}

type ReplyHandler = (message: Message) => Promise<void> | void;

/**
 * Answers what people and other agents ask.
 *
 * @example
 * const agent = new Agent({ name: "Shout" });
 * agent.onMessage(({ text }) => text.toUpperCase());
 * await agent.run();
 */
export class Agent implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #replies: ReplyStream;
  readonly #ending = new AbortController();
  readonly #startedAtMs = Date.now();
  readonly #closed = Promise.withResolvers<void>();
  #handler: MessageHandler | undefined;
  #onReply: ReplyHandler | undefined;
  #inbox: Inbox | undefined;
  #bus: MessageBus | undefined;
  #subscription: Subscription | undefined;
  #stopping: Promise<void> | undefined;
  #paused = false;

  constructor(private readonly options: AgentOptions) {
    const { role = "assistant", capabilities = ["chat"], maxConcurrent = 8, version = "" } = options;
    const { name, id, preferredId, server = "localhost:50051", heartbeatIntervalS = 30 } = options;
    this.#connection = new Connection({
      server,
      profile: { name, id, preferredId, role, capabilities, maxConcurrent, version },
      heartbeatIntervalS,
      health: () => this.#health(),
      onCommand: (command) => this.#carryOut(command),
    });
    this.#replies = new ReplyStream(this.#connection.openReplies);
    this.#closed.promise.catch(() => {});
  }

  /** Gives the agent's id. Throws `not_registered` before `start()` has resolved. */
  get id(): string {
    return this.#connection.identity.id;
  }

  get name(): string {
    return this.options.name;
  }

  /** Resolves when the agent has ended. Rejects when the server does not take it back after an outage. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Answers each `TEXT` with `handler`. One handler an agent; call before `start()`. */
  onMessage(handler: MessageHandler): this {
    this.#handler = handler;
    return this;
  }

  /** Hears the `REPLY`s and `ERROR`s that come for this agent. They are acknowledged when `handler` ends. */
  onReply(handler: ReplyHandler): this {
    this.#onReply = handler;
    return this;
  }

  /** Registers and begins to answer; waits for a server that is away. Throws when the server refuses the agent. */
  async start(): Promise<void> {
    try {
      await this.#connection.register();
      await this.#receive();
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
    this.#connection.stay().catch((error) => this.#lost(error));
  }

  /**
   * Starts, answers until `end` resolves or the server says to end, then stops. Without `end` it is the whole of a
   * process: the log goes to the console if nobody set it up, and SIGINT or SIGTERM ends it.
   */
  async run(end?: Promise<unknown>): Promise<void> {
    if (!end && getConfig() === null) await setUpLog({ level: "info", format: "auto" });
    let asked = false;
    const started = this.start().catch((thrown) => {
      // Whoever ends an agent that still waits for its server has nothing to be told.
      if (!asked) throw thrown;
    });
    (end ?? untilSignal()).then(() => (asked = true, this.stop()));
    await started;
    await this.closed;
  }

  /** Goes offline at once, finishes what is in flight (10 s at most), and closes everything. */
  stop(): Promise<void> {
    return this.#stopping ??= this.#close().then(this.#closed.resolve, this.#closed.reject);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #receive(): Promise<void> {
    const { busUrl = "hub", server = "localhost:50051", maxConcurrent = 8, maxRetries = 3 } = this.options;
    const identity = () => this.#connection.identity;
    this.#bus = await openAgentBus(busUrl, { server, identity, maxRetries });
    this.#inbox = this.#makeInbox(maxConcurrent);
    this.#subscription = await this.#bus.consume(agentQueue(this.id), this.#inbox.handle, {
      // More than are worked on: what is answered and only waits for the bus to have its answer keeps no other waiting.
      prefetch: Math.ceil(maxConcurrent * 1.5),
      graceMs: GRACE_MS + 1_000,
    });
  }

  #makeInbox(maxConcurrent: number): Inbox {
    const { id, name } = this;
    return new Inbox({
      maxConcurrent,
      agent: { id, name },
      replies: this.#replies,
      publish: (message) => this.#publish(message),
      history: (messageId, page) => this.#history(messageId, page),
      onMessage: this.#handler ?? (() => {}),
      onReply: this.#onReply,
      onChange: () => this.#connection.change(),
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
        if (failures === 1) log.warn("A reply has to wait for the bus: {reason}", { reason: error.message });
        await pause(reconnectPauseMs(failures), this.#ending.signal);
      }
    }
  }

  /** Reads the conversation; an answer that only seems to know it would be worse than none, so a failure is thrown. */
  async #history(
    messageId: string,
    page: { conversationId: string; limit: number },
  ): Promise<ConversationMessage[]> {
    for (let failures = 1;; failures++) {
      try {
        return await this.#connection.messagesBefore(messageId, page);
      } catch (thrown) {
        const error = ParleyError.from(thrown);
        log.debug("The conversation {id} was not read: {reason}", {
          id: page.conversationId,
          reason: error.message,
        });
        if (NOTHING_TO_READ.has(error.code)) return [];
        const isLast = failures === HISTORY_TRIES || this.#ending.signal.aborted;
        if (isLast || !retryable(error.code)) throw unread(error);
        await pause(reconnectPauseMs(failures), this.#ending.signal);
      }
    }
  }

  #health(): Health {
    const { running = 0, answered = 0, failed = 0 } = this.#inbox?.figures ?? {};
    const full = running >= (this.options.maxConcurrent ?? 8);
    return {
      status: this.#paused ? "paused" : full ? "busy" : "idle",
      metrics: {
        internal_state: this.#paused ? "paused" : running > 0 ? `answering ${running}` : "",
        current_tasks: String(running),
        messages_answered: String(answered),
        messages_failed: String(failed),
        uptime_s: String(Math.round((Date.now() - this.#startedAtMs) / 1_000)),
        memory_mb: String(Math.round(Deno.memoryUsage().rss / 1_048_576)),
      },
    };
  }

  // deno-lint-ignore require-await -- a throw becomes the command's failure
  async #carryOut({ type, parameters }: Command): Promise<string> {
    switch (type.toLowerCase()) {
      case "stop_reply":
        return this.#stopReply(parameters);
      case "pause":
      case "resume":
        this.#paused = type.toLowerCase() === "pause";
        this.#connection.change();
        return this.#paused ? "paused" : "resumed";
      case "shutdown":
        queueMicrotask(() => void this.stop());
        return "ending";
      default:
        throw new ParleyError("unsupported_type", `This agent carries out no commands of type '${type}'.`);
    }
  }

  #stopReply({ message_id, in_reply_to_message_id }: Record<string, string>): string {
    if (this.#inbox?.stopReply([message_id, in_reply_to_message_id])) return "stopped";
    throw new ParleyError("not_found", "No such reply is being written here.");
  }

  #lost(error: unknown): void {
    log.error("The agent ends: {reason}", { reason: ParleyError.from(error).message });
    this.#closed.reject(error);
    void this.stop();
  }

  async #close(): Promise<void> {
    log.info("{name} is ending", { name: this.name });
    await this.#connection.leave();
    const settled = this.#subscription?.[Symbol.asyncDispose]();
    if (!await atMost(GRACE_MS, this.#inbox?.idle() ?? Promise.resolve())) this.#inbox?.abandon();
    this.#ending.abort();
    await settled;
    await this.#bus?.[Symbol.asyncDispose]();
    this.#replies.close();
    this.#connection.close();
  }
}

function unread(cause: ParleyError): ParleyError {
  const sentence = "What was said before in this conversation could not be read. Asking again may help.";
  return new ParleyError(cause.code, sentence, { cause });
}
