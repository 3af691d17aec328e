/** What became of messages: written to the store, counted, and noted for the question that an answer ends. */
import { isErrorCode } from "../../shared/error.ts";
import type { Message } from "../../shared/model/message.ts";
import type { MessageChange, MessageState } from "../../shared/store/store.ts";
import { countError } from "../metrics.ts";
import type { DeliveryContext } from "./context.ts";
import type { Letter } from "./letter.ts";

/** Keeps the books of delivery. */
export class Ledger {
  constructor(private readonly context: DeliveryContext) {}

  /** Writes how a message stands: as a change where it was accepted here, as a row where it comes from elsewhere. */
  async write({ message, origin }: Letter, state: MessageState): Promise<void> {
    const { store, server } = this.context;
    const routing_status = STATUS[state];
    const change: MessageChange = { state, routing_status, receiver_id: message.receiver_id ?? undefined };
    if (origin) return await store.conversations.change(server, message.message_id, change);
    const added = await store.conversations.add(server, { ...message, routing_status }, state);
    if (!added) await store.conversations.change(server, message.message_id, change);
  }

  /** Notes what became of the message that this one answers: how long it took, or that it failed. */
  answered(message: Message): Promise<void> | undefined {
    const id = message.in_reply_to_message_id;
    if (!id || (message.message_type !== "REPLY" && message.message_type !== "ERROR")) return undefined;
    const { origins, figures, outbox, order, store, server } = this.context;
    const asked = origins.find(id);
    if (message.message_type === "REPLY") {
      if (asked?.acceptedAtMs) figures.observeRoundTrip(performance.now() - asked.acceptedAtMs);
      return undefined;
    }
    outbox.arrived(id);
    if (asked?.seq) order.settle(asked.conversationId, asked.seq);
    return store.conversations.change(server, id, failureOf(message));
  }

  /** Counts what has reached a frontend. */
  count(message: Message): void {
    const { figures } = this.context;
    if (message.message_type === "ERROR") {
      countError(figures, isErrorCode(message.code) ? message.code : "other");
    } else figures.delivered++;
  }
}

const STATUS: Readonly<Record<MessageState, "pending" | "routed" | "delivered" | "error">> = {
  accepted: "pending",
  published: "pending",
  routed: "routed",
  waiting: "routed",
  delivered: "delivered",
  error: "error",
};

function failureOf(error: Message): MessageChange {
  return {
    state: "error",
    routing_status: "error",
    ...(isErrorCode(error.code) ? { code: error.code } : {}),
    error_details: error.error_details ?? error.routing_status_message ?? "",
  };
}
