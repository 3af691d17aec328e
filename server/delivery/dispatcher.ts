/** Dispatching: what a broker has decided on goes to its reader, and its sender sees how far it is. */
import type { Verdict } from "../../shared/bus/bus.ts";
import { ParleyError, retryable } from "../../shared/error.ts";
import { dedupeKey, isTaskType, type Message } from "../../shared/model/message.ts";
import { agentQueue, BROKER_INPUT_QUEUE } from "../../shared/model/queue.ts";
import { Recent } from "../../shared/recent.ts";
import type { Reader } from "../session/session.ts";
import { taskIdIn } from "../task/spoken.ts";
import type { DeliveryContext } from "./context.ts";
import { type Action, decide, type Receiver } from "./decide.ts";
import { envelopeOf } from "./envelope.ts";
import { errorAbout } from "./error_message.ts";
import { Ledger } from "./ledger.ts";
import { type Body, type Letter, toLetter } from "./letter.ts";
import { originOf } from "./origins.ts";
import { WaitingRoom } from "./waiting_room.ts";

const UNKNOWN: Receiver = { kind: "unknown" };

/** Who a message is for, or the other server that is to bring it there. */
interface Found {
  receiver: Receiver;
  reader?: Reader;
  serverId?: string;
}

const MOST_REROUTES = 3;
/** Messages finished last, which are not worked on again. */
const REMEMBERED = 50_000;

/** Carries out `decide` for each message. */
export class Dispatcher {
  readonly waiting: WaitingRoom;
  readonly #finished = new Recent<true>(REMEMBERED);
  /** Shows one message that is on its way into its agent's queue as delivered. */
  readonly #giving = new Map<string, () => void>();

  readonly #ledger: Ledger;

  constructor(private readonly context: DeliveryContext) {
    this.#ledger = new Ledger(context);
    this.waiting = new WaitingRoom(context, (message) => this.#release(message));
  }

  /**
   * Brings a message to its reader. Resolves once everything about it is kept; then it can be acknowledged. What
   * it returns is the verdict where that is not the acknowledgement. Throws `unavailable` to be called again.
   * `isHandedOver`: another server has left it for this one.
   */
  async dispatch(given: Message, body?: Body, isHandedOver = false): Promise<Verdict | void> {
    const id = given.message_id ?? undefined;
    const origin = id ? this.context.origins.find(id) : undefined;
    if (id) this.context.outbox.arrived(id);
    const key = dedupeKey(given);
    if (this.#finished.has(key)) return;
    if (isTaskType(given.message_type)) {
      const taken = await this.#toTasks(given);
      if (taken && id) this.#finished.set(key, true);
      if (taken) return taken.verdict;
    }
    // Not waited for: its row is still being written. That the id was known shows later, and readers drop what they know.
    if (origin?.isVoid) return;
    origin?.announce?.();
    const letter = await toLetter(this.context.origins, given, { body, origin });
    const { receiver, reader, serverId } = await this.#find(letter.message, isHandedOver);
    if (serverId !== undefined) return await this.#handOver(letter, serverId);
    const action = decide(letter.message, receiver);
    const verdict = await this.#carryOut(letter, action, reader);
    if (id && action.kind !== "reroute") this.#finished.set(key, true);
    return verdict;
  }

  /**
   * Leaves a message for the server that has its sender or its reader; it keeps the books of it, too. It is not finished
   * here: should that server end first, it comes back.
   */
  async #handOver(letter: Letter, serverId: string): Promise<void> {
    await this.context.errands.leave(serverId, { kind: "dispatch", message: letter.message });
    this.#settle(letter);
  }

  /** Notes that a message which was accepted here has reached its reader by way of another server. */
  passed(messageId: string): void {
    const { origins, outbox, order } = this.context;
    outbox.arrived(messageId);
    const origin = origins.find(messageId);
    if (origin?.seq) order.settle(origin.conversationId, origin.seq);
  }

  async #carryOut(letter: Letter, action: Action, reader: Reader | undefined): Promise<Verdict | void> {
    switch (action.kind) {
      case "to_agent":
        return await this.#toAgent(letter);
      case "to_frontend":
        return await this.#toFrontend(letter, reader!);
      case "wait":
        return await this.#wait(letter);
      case "reroute":
        return await this.#reroute(letter);
      case "error":
        return await this.#fail(letter, action);
      case "reject":
        this.#settle(letter);
        if (letter.origin) await this.#ledger.write(letter, "error");
        return { ...action, kind: "reject" };
      case "chunk":
        return this.#pass(letter.message);
    }
  }

  async #toAgent(letter: Letter): Promise<void> {
    const { message, origin } = letter;
    const answered = this.#ledger.answered(message);
    const turn = origin?.seq ? this.context.order.turn(message.conversation_id, origin.seq) : undefined;
    if (turn) await turn;
    const agentId = message.receiver_id!;
    if (!this.context.roster.isReachable(agentId) || this.waiting.has(agentId)) {
      return void await Promise.all([this.#wait(letter), answered]);
    }
    const sender = this.#sender(message);
    const onQueue = this.#give(letter, sender);
    this.#settle(letter);
    sender?.show({ ...message, routing_status: "routed" });
    this.#ledger.routed(message);
    await onQueue;
    await Promise.all([this.#given(letter, sender), answered]);
  }

  /**
   * Puts a message into its agent's queue. The agent may answer before the bus has confirmed that: so what an answer
   * needs is known before, and an answer shows that its question was delivered.
   */
  async #give({ message, body, origin }: Letter, sender: Reader | undefined): Promise<void> {
    const { message_id, conversation_id } = message;
    const agentId = message.receiver_id!;
    if (origin) origin.receiverId = agentId;
    this.context.threads.join(conversation_id, agentId);
    this.#giving.set(message_id, () => sender?.show({ ...message, routing_status: "delivered" }));
    try {
      await this.context.bus.publish(agentQueue(agentId), envelopeOf(message, body));
    } finally {
      this.#giving.delete(message_id);
    }
  }

  async #given(letter: Letter, sender: Reader | undefined): Promise<void> {
    sender?.show({ ...letter.message, routing_status: "delivered" });
    this.#ledger.delivered(letter.message);
    await Promise.all([this.#ledger.write(letter, "delivered"), sender?.kept()]);
  }

  /** Hands over a message that waited. */
  async #release(message: Letter["message"]): Promise<void> {
    const { origins } = this.context;
    const sender = this.#sender(message);
    const origin = origins.find(message.message_id) ?? origins.add(message.message_id, originOf(message));
    const letter = { message: { ...message, routing_status: "routed" as const }, body: undefined, origin };
    await this.#give(letter, sender);
    await this.#given(letter, sender);
  }

  async #wait(letter: Letter): Promise<void> {
    const { message } = letter;
    const agentId = message.receiver_id!;
    this.#ledger.waits(message);
    await this.waiting.put(agentId, () => this.#ledger.write(letter, "waiting"));
    this.#settle(letter);
    const sender = this.#sender(message);
    sender?.show({ ...message, routing_status: "routed", routing_status_message: this.#whyWaiting(agentId) });
    await sender?.kept();
  }

  #whyWaiting(agentId: string): string {
    const agent = this.context.roster.get(agentId);
    const why = agent?.isPaused ? "is paused" : agent?.isOnline ? "has earlier messages" : "is away";
    return `${agent?.name || agentId} ${why}; the message waits.`;
  }

  async #reroute(letter: Letter): Promise<Verdict | void> {
    const { message } = letter;
    const attempt = (message.attempt ?? 1) + 1;
    if (attempt > MOST_REROUTES) {
      const reason = `${message.receiver_id} went offline, and ${attempt - 1} others before it.`;
      return await this.#fail(letter, { code: "agent_offline", reason });
    }
    const { receiver_id: _, ...rest } = message;
    await this.context.bus.publish(
      BROKER_INPUT_QUEUE,
      envelopeOf({ ...rest, attempt, routing_status: "pending" }),
    );
  }

  async #fail(
    letter: Letter,
    why: { code: Parameters<typeof errorAbout>[1]["code"]; reason: string },
  ): Promise<Verdict | void> {
    await this.#ledger.write(letter, "error");
    const verdict = await this.dispatch(errorAbout(letter.message, why));
    return verdict ? { kind: "reject", ...why } : undefined;
  }

  async #toFrontend(letter: Letter, reader: Reader): Promise<void> {
    const { message } = letter;
    const isError = message.message_type === "ERROR";
    const shown: Message = { ...message, routing_status: isError ? "error" : "delivered" };
    this.context.origins.find(message.in_reply_to_message_id ?? "")?.announce?.();
    this.#settle(letter);
    this.#giving.get(message.in_reply_to_message_id ?? "")?.();
    if (message.message_type === "REPLY") this.context.chunks.finish(message.message_id);
    reader.show(shown);
    const sender = this.#sender(message);
    if (sender && sender !== reader) {
      sender.show({ ...message, routing_status: "routed" });
      sender.show({ ...message, routing_status: "delivered" });
    }
    if (!letter.origin) this.context.origins.add(message.message_id, originOf(message));
    const { roster, errands } = this.context;
    if (roster.servers.isOther(message._server_id)) {
      errands.say(message._server_id, { kind: "passed", messageId: message.message_id });
    }
    const change = this.#ledger.answered(message);
    this.#ledger.shown(message);
    const agentSpeaks = this.context.roster.get(message.sender_id ?? "") !== undefined;
    if (agentSpeaks) this.context.threads.join(message.conversation_id, message.sender_id!, !isError);
    await Promise.all([
      this.#ledger.write(letter, isError ? "error" : "delivered"),
      change,
      reader.kept(),
      sender?.kept(),
    ]);
    await this.#tell(shown);
  }

  /** Gives an answer to who waits for it, once it is kept: asking again then finds it in the store. */
  async #tell(message: Message): Promise<void> {
    const { message_type, in_reply_to_message_id: id } = message;
    if (!id || (message_type !== "REPLY" && message_type !== "ERROR")) return;
    const { outcomes, roster, errands } = this.context;
    outcomes.tell(id, message);
    if (roster.servers.others.size === 0) return;
    const serverId = (await this.context.origins.load(id))?.serverId;
    if (roster.servers.isOther(serverId)) errands.say(serverId, { kind: "answer", message });
  }

  #pass(message: Message): void {
    const agent = {
      kind: "agent",
      id: message.sender_id ?? "",
      tenantId: this.context.server.tenantId,
    } as const;
    this.context.chunks.accept(agent, {
      messageId: message.message_id ?? "",
      inReplyTo: message.in_reply_to_message_id ?? "",
      sequence: message.sequence ?? 0,
      attempt: message.attempt ?? 0,
      text: message.text_payload ?? "",
    });
  }

  /** Hands over what is about tasks of the server's; undefined: it is about none. What is wrong with it its sender is told. */
  async #toTasks(message: Message): Promise<{ verdict: Verdict | void } | undefined> {
    try {
      if (!await this.context.tasks.take(message)) return undefined;
      this.context.fileLog?.logMessage("received", message);
      return { verdict: undefined };
    } catch (thrown) {
      const { code, message: reason } = ParleyError.from(thrown);
      if (retryable(code)) throw thrown;
      const task_id = taskIdIn(message);
      const about = {
        ...errorAbout(message, { code, reason }),
        ...(task_id === undefined ? {} : { task_id }),
      };
      const verdict = await this.dispatch(about);
      return { verdict: verdict ? { kind: "reject", code, reason } : undefined };
    }
  }

  #settle({ message, origin }: Letter): void {
    if (origin?.seq) this.context.order.settle(message.conversation_id, origin.seq);
  }

  /** Finds who a message is for. `serverId`: the other server that is to bring it there. */
  async #find(message: Message, isHandedOver: boolean): Promise<Found> {
    const id = message.receiver_id ?? "";
    const isMail = id === this.context.sessions.mailbox.id;
    const reader = isMail ? undefined : this.#reader(id);
    if (reader) return { receiver: { kind: "frontend" }, reader };
    if (!isHandedOver) {
      const serverId = await this.#acceptedBy(isMail ? await this.#asked(message) : message._server_id);
      if (serverId) return { receiver: UNKNOWN, serverId };
    }
    if (isMail) return { receiver: { kind: "frontend" }, reader: this.context.sessions.mailbox };
    return this.#agent(id) ?? await this.#frontend(id) ?? await this.#newcomer(id) ?? { receiver: UNKNOWN };
  }

  #agent(id: string): Found | undefined {
    const agent = this.context.roster.get(id);
    if (!agent) return undefined;
    const { isOnline, isPaused } = agent;
    return { receiver: { kind: "agent", isOnline, isPaused, isBehindOthers: this.waiting.has(id) } };
  }

  async #frontend(id: string): Promise<Found | undefined> {
    const found = id === "" ? undefined : await this.context.sessions.seek(id);
    if (found?.serverId !== undefined) return { receiver: UNKNOWN, serverId: found.serverId };
    return found && { receiver: { kind: "frontend" }, reader: found.session };
  }

  /** Finds an agent that has just come to another server, which the brokers may know of before this one. */
  async #newcomer(id: string): Promise<Found | undefined> {
    const { roster } = this.context;
    if (id === "" || !roster.servers.isShared) return undefined;
    if (roster.servers.others.size === 0) await roster.servers.look();
    await roster.lookElsewhere();
    return this.#agent(id);
  }

  /** Gives the other server, if it is there, that accepted what is dispatched: it knows its order, and shows how far it is. */
  async #acceptedBy(serverId: string | null | undefined): Promise<string | undefined> {
    if (!serverId || serverId === this.context.server.id) return undefined;
    return await this.context.roster.servers.isOtherNow(serverId) ? serverId : undefined;
  }

  /** Finds which server somebody asked over HTTP, where the answer is waited for. */
  async #asked({ in_reply_to_message_id: id }: Message): Promise<string | undefined> {
    return id ? (await this.context.origins.load(id))?.serverId : undefined;
  }

  #reader(id: string): Reader | undefined {
    return this.context.sessions.find(id);
  }

  #sender(message: Message): Reader | undefined {
    const here = message.sender_id ? this.#reader(message.sender_id) : undefined;
    return here ?? this.context.origins.find(message.message_id ?? "")?.reader;
  }
}
