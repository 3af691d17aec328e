/** Retrying and dead-lettering, the same on every backend: a decorator over the bus that owns the queues. */
import { ParleyError } from "../error.ts";
import { logOf } from "../log.ts";
import { DEAD_LETTER_QUEUE } from "../model/queue.ts";
import { attemptsBefore, withAttempts, withoutAttempts } from "./attempts.ts";
import type { Delivery, Handler, MessageBus, PulledDelivery, PullOptions, Verdict } from "./bus.ts";
import { deadLetterOf } from "./dead_letter.ts";
import {
  decide,
  DEFAULT_RETRY_POLICY,
  type Ended,
  hopeless,
  isHopeless,
  type Outcome,
  type RetryPolicy,
} from "./retry_policy.ts";

const log = logOf("bus", "retry");

/**
 * Adds retrying to `bus`: a handler that throws something `retryable`, or says `retry`, sees the delivery again
 * after a growing pause; after `maxAttempts`, a `reject` or another throw the message goes to `dead_letter_queue`.
 * The copy is stored before the original is acknowledged, so a crash in between doubles and never loses. The
 * result owns `bus`. A bus that retries already (the hub's: its server does) is given back as it is.
 *
 * @example
 * await using bus = withRetry(await openBus("sqlite:data/queues.db"));
 */
export function withRetry(bus: MessageBus, policy: Partial<RetryPolicy> = {}): MessageBus {
  if (bus.traits.retries) return bus;
  const retry = new Retrier(bus, { ...DEFAULT_RETRY_POLICY, ...policy });
  return {
    get traits() {
      return { ...bus.traits, retries: true };
    },
    publish: (queue, envelope, options) => bus.publish(queue, withoutAttempts(envelope), options),
    consume: (queue, handler, options) => bus.consume(queue, retry.handler(handler), options),
    pull: (queue, options) => retry.pull(queue, options),
    emit: (topic, event) => bus.emit(topic, event),
    subscribe: (topic, handler) => bus.subscribe(topic, handler),
    stats: () => bus.stats(),
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
}

class Retrier {
  constructor(readonly bus: MessageBus, readonly policy: RetryPolicy) {}

  handler(handler: Handler): Handler {
    return async (raw, signal) => {
      const delivery = counted(raw);
      if (isHopeless(delivery, this.policy)) return await this.#carryOut(delivery, hopeless(delivery));
      const ended = await endOf(() => handler(delivery, signal));
      // Whoever lost the delivery has no say in it any more: the next reader has it.
      if (signal.aborted) throw signal.reason;
      return await this.#judge(delivery, ended);
    };
  }

  /** Pulls again when all that came has had its attempts, since none would say that nothing waits. */
  async pull(queue: string, options: PullOptions): Promise<PulledDelivery[]> {
    for (;;) {
      const deliveries = (await this.bus.pull(queue, options)).map((one) => this.#pulledOne(one));
      const hopeful = deliveries.filter((one) => !isHopeless(one, this.policy));
      for (const one of deliveries) if (!hopeful.includes(one)) await one.giveUp();
      if (hopeful.length > 0 || deliveries.length === 0) return hopeful;
    }
  }

  #pulledOne(raw: PulledDelivery) {
    const delivery = counted(raw);
    return {
      ...delivery,
      settle: async (verdict: Verdict) => await raw.settle(await this.#judge(delivery, { verdict })),
      giveUp: async () => await raw.settle(await this.#carryOut(delivery, hopeless(delivery))),
    };
  }

  #judge(delivery: Delivery, ended: Ended): Promise<Verdict> | Verdict {
    const outcome = decide(ended, delivery, this.policy);
    if (outcome.kind === "ack") return outcome;
    return this.#carryOut(delivery, outcome, "thrown" in ended ? ended.thrown : undefined);
  }

  async #carryOut(delivery: Delivery, outcome: Outcome, error?: unknown): Promise<Verdict> {
    const { queue, envelope, attempt } = delivery;
    const about = {
      queue,
      id: envelope.id,
      attempt,
      ...outcome,
      ...(error === undefined ? {} : { error: causeOf(error) }),
    };
    if (outcome.kind === "return") {
      await this.bus.publish(queue, withAttempts(envelope, attempt - 1));
    } else if (outcome.kind === "retry") {
      log.warning("Attempt {attempt} at {id} from {queue} failed; again in {delayMs} ms", about);
      await this.bus.publish(queue, withAttempts(envelope, attempt), { delayMs: outcome.delayMs });
    } else if (outcome.kind === "dead") {
      log.error("The message {id} from {queue} goes to the dead letters ({code}): {reason}", about);
      await this.bus.publish(DEAD_LETTER_QUEUE, deadLetterOf(delivery, outcome));
    }
    return { kind: "ack" };
  }
}

async function endOf(work: () => Promise<Verdict | void>): Promise<Ended> {
  try {
    return { verdict: await work() ?? { kind: "ack" } };
  } catch (thrown) {
    return { thrown };
  }
}

function counted(raw: Delivery): Delivery {
  return {
    queue: raw.queue,
    envelope: withoutAttempts(raw.envelope),
    attempt: raw.attempt + attemptsBefore(raw.envelope),
  };
}

function causeOf(thrown: unknown): unknown {
  return thrown instanceof ParleyError && thrown.cause !== undefined ? thrown.cause : thrown;
}
