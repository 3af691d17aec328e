/** Messages between agents, for who sends and asks: the documents' `MessageQueueManager`. */
import { currentFileLog } from "../../shared/audit/file_logging.ts";
import { ParleyError, retryable } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { newId } from "../../shared/model/id.ts";
import { pause, reconnectPauseMs } from "../../shared/pause.ts";
import { AgentMessage, requireSendable } from "./agent_message.ts";
import type { SentMessage } from "./backend.ts";
import { Inbox } from "./inbox.ts";
import type { CoordinationOptions } from "./options.ts";
import { Part } from "./part.ts";
import type { Hold } from "./shared_backend.ts";
import { messageTypeOf } from "./vocabulary.ts";

const log = logOf("agent", "coordination");

const MOST_AT_ONCE = 1_000;
/** How long a listener waits at once, in milliseconds. */
const LISTEN_MS = 60_000;

export interface GetMessagesOptions {
  /** At most so many, 1–1000; default 10. */
  limit?: number | undefined;
  /** Only messages of these types; the others stay for who asks for them. Default: all. */
  types?: readonly string[] | undefined;
  /** How long to wait for the first one, in milliseconds; default 0. */
  blockMs?: number | undefined;
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
}

export interface ListenOptions {
  types?: readonly string[] | undefined;
  /** Ends the listening. */
  signal?: AbortSignal | undefined;
}

/** The figures of the queues. Counts are of all objects of this process that share the connection. */
export interface MessageQueueStats {
  /** Waiting, and handed out but not finished, in the queues that this process knows. */
  waiting_messages: number;
  in_flight_messages: number;
  /** Sent and taken in the last sixty seconds. */
  messages_per_minute: number;
  queues: { queue: string; waiting: number; in_flight: number }[];
}

/**
 * Sends messages to agents' queues, and takes what came for an agent. Messages arrive at least once: what is not marked
 * as processed comes again, after five minutes or when this object is disposed of, `AGENT_MAX_RETRIES` times at most
 * before it goes to the dead letters.
 *
 * @example
 * await using queue = new MessageQueueManager({ useMock: true });
 * await queue.sendMessage(new AgentMessage({ fromAgent: "a", toAgent: "b", messageType: MessageType.COORDINATION }));
 * for (const message of await queue.getMessages("b")) await queue.markProcessed(message.messageId, "b");
 */
export class MessageQueueManager implements AsyncDisposable {
  readonly #part: Part;
  readonly #inbox = new Inbox();

  constructor(options: CoordinationOptions = {}) {
    this.#part = new Part(options);
  }

  /**
   * Sends a message; without a `toAgent` to each agent that is online, but its sender. Resolves to true once it is
   * stored, and to false when it had expired or nobody is there to get it. Throws `unavailable` when it was not stored
   * in time; sending it again may then have it arrive twice. Throws `invalid_message` for one that cannot travel.
   */
  async sendMessage(message: AgentMessage): Promise<boolean> {
    requireSendable(message);
    if (message.isExpired()) return false;
    const hold = await this.#part.open();
    this.#isAlive(hold, message.fromAgent);
    const copies = await addressed(message, hold);
    await Promise.all(copies.map((copy) => hold.backend.mail.send(copy)));
    return copies.length > 0;
  }

  /**
   * Takes messages for `agentId`, the most urgent first where the bus keeps priorities. They are its sign of life, too.
   * Throws `unavailable` when the queue cannot be reached.
   */
  async getMessages(agentId: string, options: GetMessagesOptions = {}): Promise<AgentMessage[]> {
    const { limit = 10, blockMs = 0, signal } = options;
    requireLimit(limit);
    const hold = await this.#part.open();
    const types = options.types && new Set(options.types.map(messageTypeOf));
    const untilMs = performance.now() + blockMs;
    for (let received: AgentMessage[] = this.#inbox.sort(agentId, [], { types, limit });;) {
      this.#isAlive(hold, agentId);
      if (received.length > 0) return received;
      const leftMs = untilMs - performance.now();
      const pulled = await this.#pull(hold, agentId, { limit, blockMs: Math.max(0, leftMs), signal });
      received = await this.#withoutExpired(agentId, this.#inbox.sort(agentId, pulled, { types, limit }));
      const isOver = (pulled.length === 0 && leftMs <= 0) || signal?.aborted;
      if (isOver) return received;
    }
  }

  /** Finishes a message that `agentId` was given. Tells whether it was given here; false also for one that is finished. */
  async markProcessed(messageId: string, agentId: string): Promise<boolean> {
    const message = await this.#inbox.settle(agentId, messageId, { kind: "ack" });
    if (message) currentFileLog()?.logMessage("processed", message.toJSON());
    return message !== undefined;
  }

  /** Gives a message back, so that it comes again at once. Tells whether it was given here. */
  async returnMessage(messageId: string, agentId: string): Promise<boolean> {
    return await this.#inbox.settle(agentId, messageId, { kind: "retry", delayMs: 0 }) !== undefined;
  }

  /**
   * Listens for messages one by one: each is marked as processed when the next is asked for, and given back when the
   * loop is left before that, by a throw or by a `break`. Waits for a queue that cannot be reached.
   *
   * @example
   * for await (const message of queue.messages("agent_002", { signal })) console.log(message.content);
   */
  async *messages(agentId: string, options: ListenOptions = {}): AsyncGenerator<AgentMessage> {
    while (!options.signal?.aborted) {
      for (const message of await this.#nextMessages(agentId, options)) {
        let isDone = false;
        try {
          yield message;
          isDone = true;
        } finally {
          if (isDone) await this.markProcessed(message.messageId, agentId);
          else await this.returnMessage(message.messageId, agentId);
        }
      }
    }
  }

  /** Gives the figures of the queues. Throws `unavailable` when they cannot be had. */
  async getQueueStats(): Promise<MessageQueueStats> {
    const { backend } = await this.#part.open();
    const queues = await backend.mail.stats();
    return {
      waiting_messages: queues.reduce((sum, { ready }) => sum + ready, 0),
      in_flight_messages: queues.reduce((sum, { inFlight }) => sum + inFlight, 0),
      messages_per_minute: backend.throughput.perMinute,
      queues: queues.map(({ queue, ready, inFlight }) => ({ queue, waiting: ready, in_flight: inFlight })),
    };
  }

  /** Tells whether messages and the roster can be reached now. */
  async isConnected(): Promise<boolean> {
    try {
      await (await this.#part.open()).backend.ping();
      return true;
    } catch {
      return false;
    }
  }

  /** Gives back what is not finished, and lets the connection go. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inbox.giveBack();
    await this.#part[Symbol.asyncDispose]();
  }

  /** Waits for the next message, also for a queue that cannot be reached now. */
  async #nextMessages(agentId: string, { types, signal }: ListenOptions): Promise<AgentMessage[]> {
    for (let failures = 1;; failures++) {
      try {
        return await this.getMessages(agentId, { limit: 1, types, blockMs: LISTEN_MS, signal });
      } catch (thrown) {
        if (this.#part.isClosed || !isOutage(thrown)) throw thrown;
        if (failures === 1) log.warning("{agentId} waits for its queue: {thrown}", { agentId, thrown });
        await pause(reconnectPauseMs(failures), signal);
        if (signal?.aborted) return [];
      }
    }
  }

  /** Waits no longer at once than the agent may be silent. */
  async #pull(
    { backend, settings }: Hold,
    agentId: string,
    { limit, blockMs, signal }: { limit: number; blockMs: number; signal: AbortSignal | undefined },
  ) {
    // Of what nobody asks for no more is taken than this.
    const most = Math.min(limit, MOST_AT_ONCE - this.#inbox.keptBackFor(agentId));
    if (most <= 0) throw new ParleyError("rate_limited", `Ask for the other messages of ${agentId} first.`);
    const patienceMs = Math.min(blockMs, settings.heartbeatIntervalMs / 2);
    return await backend.mail.receive(agentId, {
      limit: most,
      blockMs: patienceMs,
      ...(signal ? { signal } : {}),
    });
  }

  async #withoutExpired(agentId: string, messages: AgentMessage[]): Promise<AgentMessage[]> {
    for (const message of messages.filter((one) => one.isExpired())) {
      log.debug("The message {id} for {agentId} has expired", { id: message.messageId, agentId });
      await this.markProcessed(message.messageId, agentId);
    }
    return messages.filter((message) => !message.isExpired());
  }

  /** That a sign of life was not written keeps nobody from sending. */
  #isAlive({ backend }: Hold, agentId: string): void {
    backend.directory.seen(agentId).catch((error) =>
      log.debug("A sign of life was not written: {error}", { error })
    );
  }
}

function isOutage(thrown: unknown): boolean {
  return thrown instanceof ParleyError && retryable(thrown.code);
}

/** Gives the message once for each of its readers; copies have ids of their own, since ids are unique. */
async function addressed(message: AgentMessage, { backend }: Hold): Promise<SentMessage[]> {
  if (message.toAgent !== null) return [message.toJSON() as SentMessage];
  const agents = await backend.directory.list();
  const readers = agents.filter(({ agentId, isOnline }) => isOnline && agentId !== message.fromAgent);
  return readers.map(({ agentId }) =>
    new AgentMessage({ ...message, toAgent: agentId, messageId: newId("msg") }, {
      ...message.further,
      broadcast_id: message.messageId,
    }).toJSON() as SentMessage
  );
}

function requireLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_AT_ONCE) return;
  throw new ParleyError("invalid_message", `Field 'limit': allowed is 1 to ${MOST_AT_ONCE}.`);
}
