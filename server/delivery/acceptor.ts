/** Accepting: what a client sends becomes a message of its sender's, kept in the store and on its way to a broker. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { withoutInternal } from "../../shared/model/codec.ts";
import { isPeerId, newId, prefixOf } from "../../shared/model/id.ts";
import { type Message, type RoutingStatus, timestamp } from "../../shared/model/message.ts";
import type { Principal } from "../../shared/model/principal.ts";
import { BROKER_INPUT_QUEUE } from "../../shared/model/queue.ts";
import type { Reader } from "../session/session.ts";
import type { DeliveryContext } from "./context.ts";
import { envelopeOf } from "./envelope.ts";
import type { Origin } from "./origins.ts";
import type { Thread } from "./threads.ts";

const NOT_ON_THE_BUS =
  "The queues cannot be reached just now. The message is kept, and sent on when they can.";

const log = logOf("server", "acceptor");

/** Who sends, and where the news of the message is shown. */
export interface Sender {
  principal: Principal;
  connectionType: "websocket" | "http";
  reader?: Reader;
  /** May go on with any conversation: authentication is off, and it has no session. */
  isAnybody?: boolean;
}

type Complete = Message & { message_id: string; conversation_id: string; sender_id: string };

/** A message that can be sent. */
export interface Prepared {
  sender: Sender;
  message: Complete;
  /** It was accepted before; sending it again changes nothing. */
  isKnown: boolean;
}

export interface Accepted {
  message_id: string;
  conversation_id: string;
  routing_status: RoutingStatus;
}

/** Takes messages from clients, in two steps: the first gives them their order, the second is not waited for. */
export class Acceptor {
  constructor(private readonly context: DeliveryContext) {}

  /**
   * Completes a client's message: who it is from, its ids, its conversation and its number in it. Messages are
   * numbered in the order in which this is called, if each call waits for the one before it. Throws
   * `invalid_message`, `forbidden`, `conflict` (the id is another's) and `not_found` (the conversation is).
   */
  async prepare(sender: Sender, given: Message): Promise<Prepared> {
    this.context.authorize(sender.principal, "send_message", given.receiver_id || "*");
    checkIds(given);
    const known = given.message_id ? await this.context.origins.recall(given.message_id) : undefined;
    if (known && !known.isVoid) return repeated(sender, given, known);
    const answered = given.in_reply_to_message_id
      ? await this.#origin(given.in_reply_to_message_id)
      : undefined;
    const thread = await this.#thread(sender, given.conversation_id || answered?.conversationId);
    return { sender, message: this.#complete({ sender, given, answered, thread }), isKnown: false };
  }

  /**
   * Keeps a message and puts it on the bus, and shows its sender that it is `pending`. Resolves once it cannot be
   * lost any more; when the bus does not take it now, it is sent on later. A message that is known already is shown
   * again as it stands now. Throws `unavailable` when it was not kept.
   */
  async send({ sender, message, isKnown }: Prepared): Promise<Accepted> {
    if (isKnown || this.#cameMeanwhile(sender, message)) return await this.#repeat(sender, message);
    this.context.fileLog?.logMessage("sent", message);
    const onBus = this.#publish(message);
    const origin = this.#remember(sender, message);
    const { conversations } = this.context.store;
    const kept = conversations.add(this.#writer(sender), message, "accepted");
    try {
      origin.isVoid = !await kept;
      if (!origin.isVoid) return this.#accepted(origin, sender, message, await this.#isOnBus(message, onBus));
      this.#settle(message);
      return await this.#repeat(sender, message);
    } catch (error) {
      origin.isVoid = true;
      this.#settle(message);
      this.context.fileLog?.logMessage("failed", { ...message, ...whyOf(error) });
      throw error;
    }
  }

  /** While the bus is known to be away nobody is kept waiting: what becomes of the publish is noted when it ends. */
  async #isOnBus({ message_id }: Complete, onBus: Promise<boolean>): Promise<boolean> {
    const noted = onBus.then((isOnBus) => {
      if (isOnBus) this.context.outbox.published(message_id);
      else this.context.outbox.left();
      return isOnBus;
    });
    return this.context.isBusThere() && await noted;
  }

  /** Tells whether the same id was taken since this message was prepared. Throws `conflict` when by another. */
  #cameMeanwhile(sender: Sender, message: Complete): boolean {
    const known = this.context.origins.find(message.message_id);
    if (!known || known.isVoid) return false;
    this.#settle(message);
    if (known.senderId !== sender.principal.id) throw belongsToAnother(message.message_id);
    return true;
  }

  #accepted(origin: Origin, sender: Sender, message: Complete, isOnBus: boolean): Accepted {
    origin.announce = undefined;
    this.context.figures.accepted++;
    sender.reader?.show(isOnBus ? message : withReason(message));
    return answerTo(message);
  }

  /** Shows a message again that was accepted before. */
  async #repeat(sender: Sender, { message_id, conversation_id }: Complete): Promise<Accepted> {
    const stored = await this.context.store.conversations.get(this.context.server, message_id);
    if (stored && stored.message.sender_id !== sender.principal.id) throw belongsToAnother(message_id);
    if (stored) sender.reader?.showAgain(stored.message);
    return answerTo(stored?.message ?? { message_id, conversation_id, message_type: "TEXT" });
  }

  #origin(messageId: string): Origin | undefined | Promise<Origin | undefined> {
    return this.context.origins.find(messageId) ?? this.context.origins.load(messageId);
  }

  async #thread(sender: Sender, conversationId: string | undefined): Promise<Thread> {
    if (!conversationId) return this.context.threads.begin(newId("conv"), sender.principal.id);
    return await this.context.threads.enter(conversationId, this.#storePrincipal(sender));
  }

  #complete(
    { sender, given, answered, thread }: {
      sender: Sender;
      given: Message;
      answered: Origin | undefined;
      thread: Thread;
    },
  ): Complete {
    const { principal } = sender;
    const { seq: _, ...rest } = withoutInternal(given);
    const answeredSender = answered?.senderId === principal.id ? undefined : answered?.senderId;
    return {
      ...rest,
      message_type: given.message_type,
      message_id: given.message_id || newId("msg"),
      sender_id: principal.id,
      receiver_id: given.receiver_id || answeredSender || undefined,
      conversation_id: thread.id,
      send_timestamp: given.send_timestamp || timestamp(),
      routing_status: "pending",
      _client_id: principal.id,
      _server_id: this.context.server.id,
      _connection_type: sender.connectionType,
      _seq: ++thread.lastSeq,
      ...(thread.lastAgentId ? { _last_agent_id: thread.lastAgentId } : {}),
    };
  }

  #remember(sender: Sender, message: Complete): Origin {
    const { sender_id: senderId, conversation_id: conversationId, receiver_id, _seq } = message;
    const seq = _seq ?? undefined;
    if (seq !== undefined) this.context.order.expect(conversationId, seq);
    const origin = {
      senderId,
      conversationId,
      receiverId: receiver_id ?? undefined,
      messageType: message.message_type,
      seq,
      acceptedAtMs: performance.now(),
      reader: sender.reader,
      announce: () => sender.reader?.show(message),
    };
    return this.context.origins.add(message.message_id, origin);
  }

  /** Gives whether the bus has taken the message. */
  async #publish(message: Complete): Promise<boolean> {
    try {
      await this.context.bus.publish(BROKER_INPUT_QUEUE, envelopeOf(message));
      return true;
    } catch (cause) {
      log.warning("The message {id} is kept until the bus takes it: {cause}", {
        id: message.message_id,
        cause,
      });
      return false;
    }
  }

  #settle({ conversation_id, _seq }: Complete): void {
    if (_seq) this.context.order.settle(conversation_id, _seq);
  }

  /**
   * Says as whom a message is kept. An agent has been let into the conversation by what it was given there, of which
   * the store learns only once the bus has confirmed that: an answer may come before.
   */
  #writer(sender: Sender): Principal {
    return sender.principal.kind === "agent" ? this.context.server : this.#storePrincipal(sender);
  }

  #storePrincipal({ principal, isAnybody }: Sender): Principal {
    return isAnybody ? this.context.server : principal;
  }
}

function repeated(sender: Sender, given: Message, known: Origin): Prepared {
  const message_id = given.message_id!;
  if (known.senderId !== sender.principal.id) throw belongsToAnother(message_id);
  const { conversationId: conversation_id, senderId: sender_id } = known;
  return { sender, message: { ...given, message_id, conversation_id, sender_id }, isKnown: true };
}

function belongsToAnother(messageId: string): ParleyError {
  return new ParleyError("conflict", `The message_id '${messageId}' is another message's. Choose a new one.`);
}

function answerTo(message: Message & { message_id: string; conversation_id: string }): Accepted {
  const { message_id, conversation_id, routing_status } = message;
  return { message_id, conversation_id, routing_status: routing_status ?? "pending" };
}

function whyOf(thrown: unknown): Pick<Message, "code" | "error_details"> {
  const { code, message: error_details } = ParleyError.from(thrown);
  return { code, error_details };
}

function withReason(message: Complete): Message {
  return { ...message, routing_status_message: NOT_ON_THE_BUS };
}

const ID_FIELDS = [["message_id", "msg"], ["conversation_id", "conv"], [
  "in_reply_to_message_id",
  "msg",
]] as const;
const RECEIVERS: readonly unknown[] = ["agent", "web", undefined];

function checkIds(message: Message): void {
  for (const [field, kind] of ID_FIELDS) {
    const id = message[field];
    if (id && !isPeerId(id, kind)) throw badId(field);
  }
  const { receiver_id } = message;
  if (receiver_id && (receiver_id.length > 100 || !RECEIVERS.includes(prefixOf(receiver_id)))) {
    throw badId("receiver_id");
  }
}

function badId(field: string): ParleyError {
  const allowed = "allowed are 1 to 100 characters of A-Z a-z 0-9 _ . : -, without another kind's prefix.";
  return new ParleyError("invalid_message", `Field '${field}': ${allowed}`);
}
