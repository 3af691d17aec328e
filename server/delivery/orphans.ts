/** What stands in the queues of agents that are forgotten: it goes back to waiting, as what comes for them does. */
import type { PulledDelivery, Verdict } from "../../shared/bus/bus.ts";
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { parseMessage } from "../../shared/model/codec.ts";
import { agentQueue } from "../../shared/model/queue.ts";
import type { DeliveryContext } from "./context.ts";
import type { WaitingRoom } from "./waiting_room.ts";

const log = logOf("server", "delivery");

const PAGE = 100;
const PREFIX = agentQueue("");

/** Knows whose queues are nobody's. Its listener is called with each agent that is forgotten. */
export class Orphans implements Disposable {
  readonly #agentIds = new Set<string>();
  readonly #listening: Disposable;

  constructor(private readonly context: DeliveryContext, private readonly waiting: WaitingRoom) {
    this.#listening = context.roster.onChange((agents) => {
      for (const { agent_id, removed } of agents) if (removed) this.#agentIds.add(agent_id);
    });
  }

  /** Finds the queues that were nobody's already when the server started, where the bus knows them. */
  async load(): Promise<void> {
    const { bus, roster } = this.context;
    for (const { queue, ready } of await bus.stats()) {
      const agentId = queue.startsWith(PREFIX) ? queue.slice(PREFIX.length) : "";
      if (agentId && ready > 0 && !roster.get(agentId)) this.#agentIds.add(agentId);
    }
  }

  /** Empties the queues of those that are still forgotten; where one cannot be, it is tried again the next time. */
  async takeBack(): Promise<void> {
    const { roster } = this.context;
    if (this.#agentIds.size > 0 && roster.servers.others.size > 0) await roster.lookElsewhere();
    for (const agentId of this.#agentIds) {
      try {
        await this.#empty(agentId);
        this.#agentIds.delete(agentId);
      } catch (cause) {
        log.warning("The queue of {agentId}, who left, could not be emptied; again soon: {cause}", {
          agentId,
          cause,
        });
      }
    }
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }

  /** Stops where the agent is back: what is left is for itself to read. */
  async #empty(agentId: string): Promise<void> {
    const { bus, roster } = this.context;
    while (!roster.get(agentId)) {
      const deliveries = await bus.pull(agentQueue(agentId), { limit: PAGE });
      if (deliveries.length === 0) return;
      await this.waiting.hold(agentId, () => this.#settle(deliveries, agentId));
    }
  }

  async #settle(deliveries: PulledDelivery[], agentId: string): Promise<void> {
    const left = [...deliveries];
    try {
      for (const delivery of deliveries) {
        await delivery.settle(await this.#verdictOn(delivery, agentId));
        left.shift();
      }
    } finally {
      // What could not be decided on goes back at once.
      await Promise.all(left.map((delivery) => delivery.settle({ kind: "retry", delayMs: 0 })));
    }
  }

  /** What the store does not have cannot wait there: people find it in the dead letters. */
  async #verdictOn({ envelope }: PulledDelivery, agentId: string): Promise<Verdict> {
    const { store, server } = this.context;
    try {
      const { message_id } = parseMessage(envelope.body);
      const kept = message_id && await store.conversations.get(server, message_id);
      if (!kept || kept.message.receiver_id !== agentId) throw unknownHere(agentId);
      // What ended in an error has been told.
      if (kept.state !== "error") await store.conversations.change(server, message_id, { state: "waiting" });
      return { kind: "ack" };
    } catch (thrown) {
      const { code, message: reason } = ParleyError.from(thrown);
      if (code === "unavailable") throw thrown;
      return { kind: "reject", code, reason };
    }
  }
}

function unknownHere(agentId: string): ParleyError {
  return new ParleyError("agent_offline", `The agent ${agentId} left, and is not known here any more.`);
}
