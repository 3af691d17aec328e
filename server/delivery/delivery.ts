/** The message path: everything from accepting a message to giving it to its reader, over one bus and one store. */
import type { FileLogger } from "../../shared/audit/file_logger.ts";
import type { Delivery as BusDelivery, MessageBus, Subscription, Verdict } from "../../shared/bus/bus.ts";
import { deadLetterOf } from "../../shared/bus/dead_letter.ts";
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { parseJsonObject, parseMessage } from "../../shared/model/codec.ts";
import { newId } from "../../shared/model/id.ts";
import { type Message, timestamp } from "../../shared/model/message.ts";
import type { Principal } from "../../shared/model/principal.ts";
import {
  AGENT_METADATA_QUEUE,
  BROKER_OUTPUT_QUEUE,
  DEAD_LETTER_QUEUE,
  SERVER_ADVERTISEMENT_QUEUE,
  SERVER_INPUT_QUEUE,
} from "../../shared/model/queue.ts";
import { atMost } from "../../shared/pause.ts";
import type { Store } from "../../shared/store/store.ts";
import { type Authorize, claimed } from "../authorize.ts";
import { Chunks } from "../chunks.ts";
import type { DeliveryFigures } from "../metrics.ts";
import { type Clock, every, systemClock } from "../presence/clock.ts";
import type { Roster } from "../roster.ts";
import type { TaskCenter } from "../task/center.ts";
import { TaskPost } from "../task/post.ts";
import { type AgentErrand, type Errand, Errands } from "../errands.ts";
import type { ErrorNotes } from "../figures/recent_errors.ts";
import { Sessions } from "../session/sessions.ts";
import { Acceptor } from "./acceptor.ts";
import type { DeliveryContext } from "./context.ts";
import { keepDeadLetter } from "./dead_letters.ts";
import { Dispatcher } from "./dispatcher.ts";
import { envelopeOf } from "./envelope.ts";
import { expire, WAIT_AT_MOST_MS } from "./expiry.ts";
import { originOf, Origins } from "./origins.ts";
import { Orphans } from "./orphans.ts";
import { Outbox } from "./outbox.ts";
import { Outcomes } from "./outcomes.ts";
import { GAP_AMONG_SERVERS_MS, GAP_MS, ReleaseOrder } from "./release_order.ts";
import { Threads } from "./threads.ts";
import type { WaitingRoom } from "./waiting_room.ts";

/** Deliveries worked on at once; beyond that they stay in the queue. */
const PREFETCH = 4_000;
const ADVERTISE_EVERY_MS = 30_000;
const TIDY_EVERY_MS = 60_000;
/** Frames of a session that are kept (protocol, "Coming back"). */
const KEPT_FRAMES = 10_000;
const MOST_ON_THE_WAY = 10_000;
/** How long a command that has ended can be read, in milliseconds. */
const KEEP_COMMANDS_MS = 30 * 24 * 3_600_000;
/** How long a task that has ended can be read, in milliseconds from when it was asked for. */
const KEEP_TASKS_MS = 30 * 24 * 3_600_000;
/** How long closing waits for what is done now and then, in milliseconds. */
const FINISH_MS = 1_000;

const log = logOf("server", "delivery");

export interface DeliveryOptions {
  bus: MessageBus;
  store: Store;
  roster: Roster;
  authorize: Authorize;
  server: Principal;
  tasks: TaskCenter;
  figures: DeliveryFigures;
  fileLog?: FileLogger | undefined;
  errors?: ErrorNotes | undefined;
  /** Whether the bus's connection stands; one that cannot break always does. */
  isBusThere?: () => boolean;
  /** What time it is for whatever is done now and then; default the system's. */
  clock?: Clock | undefined;
  /** Does what another server has left that is about agents' connections. */
  actOn?: (errand: AgentErrand) => Promise<void>;
  /** Gives what `SERVER_AVAILABLE` says beside the server's id. */
  advertisement?: () => Record<string, unknown>;
}

/** Owns the sessions and the readers of the server's queues. Disposing finishes what is in flight. */
export class Delivery implements AsyncDisposable {
  readonly context: DeliveryContext;
  readonly acceptor: Acceptor;
  readonly #dispatcher: Dispatcher;
  readonly #orphans: Orphans;
  readonly #errands: Errands;
  readonly #options: DeliveryOptions;
  readonly #resources = new AsyncDisposableStack();

  constructor(options: DeliveryOptions) {
    const { bus, store, server, tasks, authorize, roster, clock = systemClock } = options;
    const { servers } = roster;
    this.#errands = new Errands({ store: store.errands, bus, server, servers, clock });
    const sessions = new Sessions(store.sessions, server, { servers, errands: this.#errands });
    const isFrontend = async (id: string) => await sessions.seek(id) !== undefined;
    const origins = new Origins(store.conversations, server);
    const isOurs = (serverId: string) => servers.isOurs(serverId);
    this.#options = options;
    this.context = {
      isBusThere: () => true,
      ...options,
      sessions,
      origins,
      threads: new Threads(store.conversations, server),
      order: new ReleaseOrder(() => servers.others.size > 0 ? GAP_AMONG_SERVERS_MS : GAP_MS),
      outbox: new Outbox(bus, store.conversations, server, isOurs),
      outcomes: new Outcomes(),
      chunks: new Chunks(origins, sessions, (serverId, agent, chunk) => {
        if (!servers.isOther(serverId)) return false;
        this.#errands.say(serverId, { kind: "chunk", agentId: agent.id, chunk });
        return true;
      }),
      isOurs,
      errands: this.#errands,
      tasks: new TaskPost({ tasks, authorize, roster, isFrontend }),
    };
    this.acceptor = new Acceptor(this.context);
    this.#dispatcher = new Dispatcher(this.context);
    this.#orphans = new Orphans(this.context, this.#dispatcher.waiting);
    this.#resources.use(sessions);
    this.#resources.use(this.#orphans);
    this.#resources.use(this.context.outbox);
    this.#resources.use(this.#dispatcher.waiting);
    this.#resources.use(this.context.order);
    const listening = options.roster.onChange((agents) => {
      for (const agent of agents) if (agent.is_online) this.#dispatcher.waiting.wake(agent.agent_id);
    });
    this.#resources.use(listening);
  }

  get sessions(): Sessions {
    return this.context.sessions;
  }

  get chunks(): Chunks {
    return this.context.chunks;
  }

  /** What waits for agents that cannot be reached. */
  get waiting(): WaitingRoom {
    return this.#dispatcher.waiting;
  }

  /** Brings a message of the server's own to its reader. Resolves once it is kept; throws `unavailable` without the bus or the store. */
  async tell(message: Message): Promise<void> {
    await this.#dispatcher.dispatch(message);
  }

  /** Starts reading the queues, and sends on what was left. Resolves once it does; throws `unavailable` without the bus. */
  async start(): Promise<void> {
    await this.#remember();
    await this.#dispatcher.waiting.load();
    await this.#orphans.load();
    await this.#read(SERVER_INPUT_QUEUE, (delivery) => this.#dispatch(delivery));
    await this.#read(BROKER_OUTPUT_QUEUE, (delivery) => this.#dispatch(delivery));
    await this.#read(AGENT_METADATA_QUEUE, (delivery) => this.#learn(delivery));
    await this.#read(DEAD_LETTER_QUEUE, (delivery) => this.#bury(delivery));
    await this.#goOn();
    this.#resources.use(this.#errands);
    await this.#errands.start((errand) => this.#actOn(errand));
    this.#resources.use(this.#options.roster.servers.onChange(({ gone }) => {
      if (gone.length > 0) this.#goOnSoon();
    }));
    this.#resources.use(this.#options.roster.servers.onStall(() => void this.sessions.check()));
    await this.#every(ADVERTISE_EVERY_MS, () => this.#advertise());
    await this.#every(TIDY_EVERY_MS, () => this.#tidy());
  }

  /** Does what another server has left for this one. */
  async #actOn(errand: Errand): Promise<void> {
    switch (errand.kind) {
      case "dispatch":
        return await this.#finish(errand.message);
      case "show":
        return await this.#show(errand);
      case "let_go":
        return await this.sessions.letGo(errand.frontendId, errand.to);
      case "passed":
        return this.#dispatcher.passed(errand.messageId);
      case "control":
      case "stop_reply":
      case "command":
      case "command_news":
        return await this.#options.actOn?.(errand);
      case "chunk":
        return this.chunks.accept(claimed("agent", errand.agentId), errand.chunk);
      case "answer":
        return this.context.outcomes.tell(errand.message.in_reply_to_message_id ?? "", errand.message);
    }
  }

  /** Brings a message to its reader that another server has read; where it is to be given up, it is a dead letter. */
  async #finish(message: Message): Promise<void> {
    const verdict = await this.#dispatcher.dispatch(message, undefined, true);
    if (verdict?.kind !== "reject") return;
    const delivery = {
      queue: SERVER_INPUT_QUEUE,
      envelope: envelopeOf(message),
      attempt: message.attempt ?? 1,
    };
    await this.context.bus.publish(DEAD_LETTER_QUEUE, deadLetterOf(delivery, verdict));
  }

  async #show({ frontendId, message, again }: Errand & { kind: "show" }): Promise<void> {
    const reader = await this.sessions.reader(frontendId);
    if (again) reader?.showAgain(message);
    else reader?.show(message);
    await reader?.kept();
  }

  /** Sends on what this server, or one that is gone, has left. */
  async #goOn(): Promise<void> {
    this.#dispatcher.waiting.wakeAll();
    await this.context.outbox.sweep();
  }

  #goOnSoon(): void {
    this.#dispatcher.waiting.load().then(() => this.#goOn())
      .catch((cause) => log.warning("What another server left is sent on later: {cause}", { cause }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#resources.disposeAsync();
  }

  /** Learns of the messages that were on their way when the server stopped, so that they keep their order. */
  async #remember(): Promise<void> {
    const { store, server, origins, order } = this.context;
    const find = (state: "accepted" | "published") =>
      store.conversations.inState(server, state, { limit: MOST_ON_THE_WAY });
    const rows = (await Promise.all([find("published"), find("accepted")])).flat();
    for (const { message } of rows.sort((one, other) => one.position - other.position)) {
      const seq = message._seq ?? undefined;
      origins.add(message.message_id, { ...originOf(message), seq });
      if (seq) order.expect(message.conversation_id, seq);
    }
  }

  async #read(queue: string, handler: (delivery: BusDelivery) => Promise<Verdict | void>): Promise<void> {
    // What is done twice for a message that is sent again changes nothing, so none need be stored first. One that
    // ends this process would do so when its edge reads it, before it gets here.
    const options = { prefetch: PREFETCH, mayBeUnstored: true };
    const subscription: Subscription = await this.context.bus.consume(queue, handler, options);
    this.#resources.use(subscription);
  }

  async #dispatch({ envelope }: BusDelivery): Promise<Verdict | void> {
    return await this.#dispatcher.dispatch(parseMessage(envelope.body), envelope.body);
  }

  #bury(delivery: BusDelivery): Promise<void> {
    return keepDeadLetter(this.context, delivery, (error) => this.#dispatcher.dispatch(error));
  }

  /** Takes what brokers of the earlier form say of themselves and of clients. */
  async #learn({ envelope }: BusDelivery): Promise<Verdict | void> {
    const said = parseJsonObject(envelope.body);
    const type = String(said.message_type).toUpperCase();
    if (type === "REGISTER_BROKER") return await this.#learnOfBroker(said);
    if (type !== "CLIENT_DISCONNECTED") {
      const reason = `Queue ${AGENT_METADATA_QUEUE} has REGISTER_BROKER and CLIENT_DISCONNECTED alone.`;
      return { kind: "reject", code: "unsupported_type", reason };
    }
    const id = [said.client_id, said.agent_id, said.broker_id, said.sender_id].find(isText);
    if (id) this.context.roster.disconnected(id);
  }

  async #learnOfBroker(said: Record<string, unknown>): Promise<void> {
    const brokerId = String(said.broker_id ?? said.sender_id ?? newId("broker"));
    const brokerName = String(said.broker_name ?? brokerId);
    try {
      await this.context.roster.brokers.register({ brokerId, brokerName, connectionType: "grpc" });
    } catch (error) {
      // It is connected in another way already, or its name is none: nothing is lost by not listing it again.
      log.info("The broker {brokerId} is not listed: {reason}", {
        brokerId,
        reason: ParleyError.from(error).message,
      });
    }
  }

  async #advertise(): Promise<void> {
    const message = {
      message_type: "SERVER_AVAILABLE",
      message_id: newId("msg"),
      sender_id: "server",
      server_id: this.context.server.id,
      timestamp: timestamp(),
      ...this.#options.advertisement?.(),
    };
    const envelope = { id: message.message_id, body: JSON.stringify(message), headers: {} };
    await this.context.bus.publish(SERVER_ADVERTISEMENT_QUEUE, envelope, { expiresMs: ADVERTISE_EVERY_MS });
  }

  async #tidy(): Promise<void> {
    await expire(this.context, (error: Message) => this.#dispatcher.dispatch(error));
    await this.sessions.tidy(WAIT_AT_MOST_MS, KEPT_FRAMES);
    const { store, server } = this.context;
    await store.commands.prune(server, timestamp(Date.now() - KEEP_COMMANDS_MS));
    await this.#options.tasks.prune(timestamp(Date.now() - KEEP_TASKS_MS));
    await this.#orphans.takeBack();
    // What others put down here to wait, and what was missed of what a server left.
    if (this.context.roster.servers.others.size > 0) this.#goOnSoon();
  }

  /** Runs `work` now and then every `ms`, never twice at once, until the delivery is disposed of; what it throws goes to the log. */
  async #every(ms: number, work: () => Promise<void>): Promise<void> {
    let running: Promise<void> | undefined;
    const run = () =>
      running ??= work().catch((cause) => log.warning("Will be tried again: {cause}", { cause }))
        .finally(() => running = undefined);
    const timer = every(this.#options.clock ?? systemClock, ms, run);
    this.#resources.defer(async () => {
      timer[Symbol.dispose]();
      if (running) await atMost(FINISH_MS, running);
    });
    await run();
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
