/** Resetting the queues: everything that waits is put where people look, and where they can bring it back from. */
import type { Delivery as BusDelivery, Envelope, PulledDelivery } from "../../shared/bus/bus.ts";
import { deadLetterOf } from "../../shared/bus/dead_letter.ts";
import { ParleyError } from "../../shared/error.ts";
import { parseMessage } from "../../shared/model/codec.ts";
import { logOf } from "../../shared/log.ts";
import { type Message, timestamp } from "../../shared/model/message.ts";
import {
  agentQueue,
  BROKER_INPUT_QUEUE,
  BROKER_OUTPUT_QUEUE,
  SERVER_INPUT_QUEUE,
} from "../../shared/model/queue.ts";
import { allOf } from "../all_of.ts";
import { letterIdOf, TOLD } from "../delivery/dead_letters.ts";
import type { DeliveryContext } from "../delivery/context.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { envelopeOf } from "../delivery/envelope.ts";
import { errorAbout } from "../delivery/error_message.ts";

/** How many deliveries are taken at once, and how often: a queue that is written to all the while has no end. */
const PAGE = 200;
const MOST_PAGES = 1_000;

const log = logOf("server", "control");

/** What a reset needs of the delivery. */
export type Resettable = Pick<Delivery, "waiting" | "tell"> & {
  context: Pick<DeliveryContext, "bus" | "store" | "server" | "roster" | "figures">;
};

/** How many messages of which queue were put aside; a queue that had none is not named. */
export type PutAside = Record<string, number>;

/**
 * Takes what stands in the brokers', the servers' and every known agent's queue, and what waits in the store for an
 * agent (it counts to that agent's queue), and makes dead letters of it. Each is kept before it leaves its queue, so
 * that what happens in between loses nothing. What is being delivered stays so. Who sent a `TEXT` is told once all
 * of it is put aside. `by`: whom it is told to be done by. Throws `unavailable` without the bus or the store; what was
 * put aside until then stays so.
 */
export async function resetQueues(delivery: Resettable, by: string): Promise<PutAside> {
  const reset = new Reset(delivery, by);
  try {
    await reset.run();
  } finally {
    await reset.tellSenders();
  }
  return reset.counts;
}

/** One reset. */
class Reset {
  readonly counts: PutAside = {};
  /** Told at the end: an agent's ERROR would else be taken from its queue again. */
  readonly #errors: Message[] = [];
  readonly #reason: string;

  constructor(private readonly delivery: Resettable, by: string) {
    this.#reason = `Put aside by ${by}, who reset all queues. It can be brought back from the dead letters.`;
  }

  async run(): Promise<void> {
    const { store, server, roster } = this.delivery.context;
    const waitedFor = await store.conversations.receiversInState(server, "waiting");
    for (const agentId of waitedFor) await this.#emptyWaiting(agentId);
    const agents = roster.list().map(({ agent_id }) => agentQueue(agent_id));
    for (const queue of [BROKER_INPUT_QUEUE, SERVER_INPUT_QUEUE, BROKER_OUTPUT_QUEUE, ...agents]) {
      await this.#emptyQueue(queue);
    }
  }

  async tellSenders(): Promise<void> {
    for (let at = 0; at < this.#errors.length; at += PAGE) {
      const page = this.#errors.slice(at, at + PAGE);
      const outcomes = await Promise.allSettled(page.map((error) => this.delivery.tell(error)));
      for (const outcome of outcomes) if (outcome.status === "rejected") this.#notTold(outcome.reason);
    }
  }

  /** The sender can still see it in the conversation, and everybody in the dead letters. */
  #notTold(cause: unknown): void {
    log.warning("A sender could not be told that a message was put aside: {cause}", { cause });
  }

  #emptyWaiting(agentId: string): Promise<void> {
    const queue = agentQueue(agentId);
    const take = (message: Message) => this.#keep({ queue, envelope: envelopeOf(message), attempt: 1 });
    return this.delivery.waiting.empty(agentId, take);
  }

  async #emptyQueue(queue: string): Promise<void> {
    for (let page = 0; page < MOST_PAGES; page++) {
      const deliveries = await this.delivery.context.bus.pull(queue, { limit: PAGE });
      await allOf(deliveries.map((each) => this.#putAside(each)));
      if (deliveries.length === 0) return;
    }
  }

  async #putAside(delivery: PulledDelivery): Promise<void> {
    await this.#keep(delivery);
    await delivery.settle({ kind: "ack" });
  }

  async #keep(delivery: BusDelivery): Promise<void> {
    const { queue, envelope } = delivery;
    const { store, server, figures } = this.delivery.context;
    const why = { code: "cancelled", reason: this.#reason } as const;
    const message = messageIn(envelope);
    const body = String(deadLetterOf(delivery, why).body);
    const id = letterIdOf(envelope.id, message);
    await store.deadLetters.add(server, { id, queue, body, ...why, at: timestamp() });
    figures.deadLetters++;
    this.counts[queue] = (this.counts[queue] ?? 0) + 1;
    if (message && TOLD.has(message.message_type)) this.#errors.push(errorAbout(message, why));
    const error = { state: "error", routing_status: "error" } as const;
    const change = { ...error, code: why.code, error_details: why.reason };
    // Also what cannot be read: it would else be found waiting again and again.
    await store.conversations.change(server, message?.message_id ?? envelope.id, change);
  }
}

function messageIn({ body }: Envelope): Message | undefined {
  try {
    return parseMessage(body);
  } catch (error) {
    if (error instanceof ParleyError) return undefined;
    throw error;
  }
}
