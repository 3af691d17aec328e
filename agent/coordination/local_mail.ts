/** Messages without a server: straight to the queue of whom they are for. */
import type { MessageBus, PulledDelivery, PullOptions } from "../../shared/bus/bus.ts";
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { parseMessage } from "../../shared/model/codec.ts";
import { agentQueue } from "../../shared/model/queue.ts";
import { envelopeOf } from "../answer.ts";
import { AgentMessage } from "./agent_message.ts";
import type { Mail, ReceivedMessage, SentMessage } from "./backend.ts";

const log = logOf("agent", "coordination");

/** Makes the mail over a bus that retries. */
export function createLocalMail(bus: MessageBus): Mail {
  return {
    send: (message) => send(bus, agentQueue(message.receiver_id), message),
    receive: (agentId, options) => receive(bus, agentQueue(agentId), options),
    stats: () => bus.stats(),
  };
}

/** Publishes `message` to `queue`. Resolves and throws as the bus does. */
export async function send(bus: MessageBus, queue: string, message: SentMessage): Promise<void> {
  await bus.publish(queue, envelopeOf(message), expiryOf(message));
}

/** A message that is of no use any more need not wait for a reader that is away. */
function expiryOf({ expires_at }: SentMessage): { expiresMs?: number } {
  return typeof expires_at === "string"
    ? { expiresMs: Math.max(1, Date.parse(expires_at) - Date.now()) }
    : {};
}

/** Takes messages from `queue`, asking again while there may be more: some backends give fewer at once than there are. */
export async function receive(
  bus: MessageBus,
  queue: string,
  options: PullOptions,
): Promise<ReceivedMessage[]> {
  const received: ReceivedMessage[] = [];
  let pulled = await bus.pull(queue, options);
  while (pulled.length > 0) {
    for (const delivery of pulled) received.push(...await read(delivery));
    const limit = options.limit - received.length;
    if (limit <= 0 || options.signal?.aborted) break;
    // What was taken is given out, also when the queue is lost just now.
    pulled = await bus.pull(queue, { limit }).catch(() => []);
  }
  return received;
}

async function read(delivery: PulledDelivery): Promise<ReceivedMessage[]> {
  const { envelope, attempt } = delivery;
  try {
    const parsed = parseMessage(envelope.body);
    const message = AgentMessage.of({ ...parsed, message_id: parsed.message_id || envelope.id });
    return [{ message, attempt, settle: (verdict) => delivery.settle(verdict) }];
  } catch (thrown) {
    const { code, message: reason } = ParleyError.from(thrown);
    log.warning("A message for {queue} cannot be read: {reason}", { queue: delivery.queue, reason });
    await delivery.settle({ kind: "reject", code, reason });
    return [];
  }
}
