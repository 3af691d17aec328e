/** What became of messages: written to the store, counted, and noted for the question that an answer ends. */
import { isErrorCode } from "../../shared/error.ts";
import type { Message } from "../../shared/model/message.ts";
import type { MessageChange, MessageState } from "../../shared/store/store.ts";
import { countError } from "../metrics.ts";
import type { DeliveryContext } from "./context.ts";
import type { Letter } from "./letter.ts";
import type { Origin } from "./origins.ts";

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
    const { origins, outbox, order, store, server } = this.context;
    const asked = origins.find(id);
    if (message.message_type === "REPLY") return this.#replied(message, asked);
    this.#failed(message, asked);
    outbox.arrived(id);
    if (asked?.seq) order.settle(asked.conversationId, asked.seq);
    return store.conversations.change(server, id, failureOf(message));
  }

  /** Counts a message for an agent that is there. */
  routed(message: Message): void {
    this.context.figures.routed++;
    this.context.fileLog?.logMessage("routed", message);
  }

  /** Counts a message for an agent that is not. */
  waits(message: Message): void {
    this.context.figures.waiting++;
    this.context.fileLog?.logMessage("waiting", message);
  }

  /** Counts what its reader has. */
  delivered(message: Message): void {
    this.context.figures.delivered++;
    this.context.fileLog?.logMessage("delivered", message);
  }

  /** Counts what has reached a frontend. */
  shown(message: Message): void {
    if (message.message_type !== "ERROR") return this.delivered(message);
    countError(this.context.figures, isErrorCode(message.code) ? message.code : "other");
    this.context.fileLog?.logMessage("delivered", message);
  }

  #replied(reply: Message, asked: Origin | undefined): undefined {
    if (!asked?.acceptedAtMs) return;
    const ms = performance.now() - asked.acceptedAtMs;
    this.context.figures.observeRoundTrip(ms);
    this.context.fileLog?.logPerformanceMetric(reply.sender_id ?? "", "round_trip", rounded(ms), "ms");
  }

  #failed(error: Message, asked: Origin | undefined): void {
    const { fileLog } = this.context;
    this.#note(error, asked);
    if (!fileLog) return;
    const { in_reply_to_message_id: message_id, conversation_id, code, error_details } = error;
    fileLog.logMessage("failed", {
      message_id,
      conversation_id,
      message_type: asked?.messageType,
      sender_id: asked?.senderId,
      receiver_id: asked?.receiverId,
      code,
      error_details,
    });
    fileLog.logError(error.sender_id ?? "", code ?? "other", error_details ?? "", { message_id });
  }

  /** What somebody wanted to end is no fault. */
  #note(error: Message, asked: Origin | undefined): void {
    const { in_reply_to_message_id: id, conversation_id, code, error_details, routing_status_message } =
      error;
    if (code === "cancelled") return;
    this.context.errors?.note({
      what: "message",
      id,
      code,
      text: error_details ?? routing_status_message,
      agents: [asked?.receiverId, error.sender_id],
      conversationId: conversation_id ?? asked?.conversationId,
    });
  }
}

/** Gives milliseconds to the microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
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
