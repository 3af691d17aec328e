/** Bringing a dead letter back: where it goes, and what it says then. */
import { isErrorCode, ParleyError } from "../../shared/error.ts";
import { parseMessage } from "../../shared/model/codec.ts";
import { newId } from "../../shared/model/id.ts";
import type { Message } from "../../shared/model/message.ts";
import {
  AGENT_METADATA_QUEUE,
  agentQueue,
  BROKER_INPUT_QUEUE,
  BROKER_OUTPUT_QUEUE,
  DEAD_LETTER_QUEUE,
  SERVER_INPUT_QUEUE,
} from "../../shared/model/queue.ts";
import type { DeadLetter } from "../../shared/model/dead_letter.ts";
import type { MessageChange } from "../../shared/store/store.ts";
import type { DeliveryContext } from "../delivery/context.ts";
import { envelopeOf } from "../delivery/envelope.ts";
import { REQUESTS } from "../task/spoken.ts";

const QUEUES = new Set([BROKER_INPUT_QUEUE, SERVER_INPUT_QUEUE, BROKER_OUTPUT_QUEUE, AGENT_METADATA_QUEUE]);
const AGENT_QUEUE_PREFIX = agentQueue("");

/** Which queue a message was put into. */
export interface Replayed {
  messageId: string;
  queue: string;
}

/**
 * Puts a dead letter's message back into its queue, as one that nobody has seen yet. What was in an agent's queue goes
 * the normal way to that agent: it waits while the agent is paused or away. What nobody said the queue of goes to the
 * brokers. Resolves once the queue has it. Throws `invalid_message` for what is no message or was in a queue that is
 * not ours, `conflict` for a task that an agent was to be given, `not_found` when its agent is not known any more, and `unavailable` without the bus.
 */
export async function replay(context: DeliveryContext, letter: DeadLetter): Promise<Replayed> {
  const { queue, receiverId } = wayOf(letter.queue);
  if (receiverId !== undefined && !context.roster.get(receiverId)) throw unknownAgent(receiverId);
  const given = messageIn(letter);
  if (receiverId !== undefined && REQUESTS.has(given.message_type)) throw givenByItself();
  const message = asNew(given, receiverId);
  const messageId = message.message_id ?? "";
  const anew = { routing_status: "pending", code: null, error_details: null } as const;
  const change = { state: "published", onlyFrom: "error", ...anew } as const;
  const { conversations } = context.store;
  const isGivenUp = (await conversations.get(context.server, messageId))?.state === "error";
  // Before it is published: what becomes of it then may be known before the publishing is.
  await conversations.change(context.server, messageId, change);
  try {
    await context.bus.publish(queue, envelopeOf(message));
  } catch (error) {
    if (isGivenUp) await conversations.change(context.server, messageId, givenUp(letter));
    throw error;
  }
  return { messageId, queue };
}

/** How a message stands that is a dead letter after all. */
function givenUp({ code, reason }: DeadLetter): MessageChange {
  const error = { state: "error", routing_status: "error" } as const;
  return {
    ...error,
    onlyFrom: "published",
    code: isErrorCode(code) ? code : "internal",
    error_details: reason,
  };
}

/** Decides where what was in `queue` goes, and to which agent where it was an agent's. Throws `invalid_message`. */
export function wayOf(queue: string): { queue: string; receiverId?: string } {
  if (QUEUES.has(queue)) return { queue };
  if (queue === DEAD_LETTER_QUEUE) return { queue: BROKER_INPUT_QUEUE };
  const receiverId = queue.startsWith(AGENT_QUEUE_PREFIX) ? queue.slice(AGENT_QUEUE_PREFIX.length) : "";
  if (receiverId) return { queue: SERVER_INPUT_QUEUE, receiverId };
  const way = "It can only be read and deleted.";
  throw new ParleyError("invalid_message", `It was in '${queue}', which is no queue of this server. ${way}`);
}

/** What giving a message up added to it, and what it had tried by then. */
const GIVEN_UP = new Set([
  "code",
  "error_details",
  "routing_status_message",
  "_origin_queue",
  "attempt",
  "attempts",
]);

/** Makes the message as it was before it was given up, marked so that those who have seen it take it again. */
export function asNew(message: Message, receiverId: string | undefined): Message {
  const kept = Object.entries(message).filter(([name]) => !GIVEN_UP.has(name));
  const anew = { ...Object.fromEntries(kept) as Message, _replay: newId("msg") };
  if (receiverId === undefined) return { ...anew, routing_status: "pending" };
  return { ...anew, receiver_id: receiverId, routing_status: "routed", if_offline: "wait" };
}

function messageIn({ body }: DeadLetter): Message {
  try {
    return parseMessage(body);
  } catch (cause) {
    const way = "It can only be read and deleted.";
    throw new ParleyError("invalid_message", `The dead letter is no message. ${way}`, { cause });
  }
}

function givenByItself(): ParleyError {
  const way =
    "Its task is given again by itself when the agent has lost it; the task can be cancelled or retried.";
  return new ParleyError("conflict", `It gave a task to an agent. ${way}`);
}

function unknownAgent(agentId: string): ParleyError {
  return new ParleyError("not_found", `There is no agent ${agentId} any more that it could be brought to.`);
}
