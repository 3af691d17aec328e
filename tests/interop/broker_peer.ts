// A stranger's broker, in the three forms that the protocol supports; it decides with the roster that it was told.

import { Inbox } from "./inbox.ts";
import { freshId, type Message, type StatusUpdate } from "./message.ts";
import { Queues } from "./queues.ts";

/** Names the queue that a broker's decisions go to, by its form. */
export type Outbox = "server_input_queue" | "broker_output_queue";

export interface BrokerPeerOptions {
  amqp: string;
  outbox: Outbox;
  /** Changes a routed message before it is published, as a broker that models fewer fields does. */
  rewrite?: (message: Message) => Message;
}

/** Reads `broker_input_queue` and routes by the roster that `learn` was given. */
export class BrokerPeer implements AsyncDisposable {
  /** Keeps what arrived in `broker_input_queue`. */
  readonly received = new Inbox<Message>("broker_input_queue");
  readonly roster = new Map<string, boolean>();

  private constructor(readonly queues: Queues) {}

  static async open(
    { amqp, outbox, rewrite = (message) => message }: BrokerPeerOptions,
  ): Promise<BrokerPeer> {
    const broker = new BrokerPeer(await Queues.open(amqp));
    await broker.queues.declare(outbox);
    await broker.queues.read("broker_input_queue", async ({ message }) => {
      broker.received.push(message);
      await broker.queues.write(outbox, rewrite(route(message, broker.#online())));
    });
    return broker;
  }

  /** Takes in a status update, of a stream or a socket; a full one replaces what was known. */
  learn({ agents = [], is_full_update }: StatusUpdate): void {
    if (is_full_update) this.roster.clear();
    for (const { agent_id, is_online } of agents) this.roster.set(agent_id, is_online);
  }

  #online(): string[] {
    return [...this.roster].filter(([, online]) => online).map(([id]) => id);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.queues[Symbol.asyncDispose]();
  }
}

/** Decides as the protocol's broker does: who is named gets it, else an online agent that is not the sender, else an `ERROR`. */
export function route(message: Message, online: string[]): Message {
  if (message.receiver_id || message.in_reply_to_message_id) return { ...message, routing_status: "routed" };
  const receiver = online.find((id) => id !== message.sender_id);
  if (!receiver) return nobody(message);
  return { ...message, receiver_id: receiver, routing_status: "routed" };
}

function nobody(message: Message): Message {
  const reason = "no agent is online";
  return {
    message_id: freshId("msg"),
    message_type: "ERROR",
    receiver_id: message.sender_id,
    conversation_id: message.conversation_id,
    in_reply_to_message_id: message.message_id,
    text_payload: message.text_payload,
    routing_status: "error",
    error_details: reason,
    routing_status_message: reason,
    code: "no_agent_available",
  };
}
