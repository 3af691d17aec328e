/** A real server on free ports, with a small broker on its bus, for the tests of the message path and the edges. */
import type { FileLogger } from "../../shared/audit/file_logger.ts";
import type { MessageBus } from "../../shared/bus/bus.ts";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { parseMessage } from "../../shared/model/codec.ts";
import type { Message } from "../../shared/model/message.ts";
import { BROKER_INPUT_QUEUE, SERVER_INPUT_QUEUE } from "../../shared/model/queue.ts";
import { openStore } from "../../shared/store/open.ts";
import type { Store } from "../../shared/store/store.ts";
import type { Authorize } from "../authorize.ts";
import { serverConfigSchema } from "../config.ts";
import type { Clock } from "../presence/clock.ts";
import { type RunningServer, startServer } from "../server.ts";
import { Client, type Frame } from "./client.ts";

export interface HubOptions {
  env?: Record<string, string>;
  bus?: MessageBus;
  store?: Store;
  authorize?: Authorize;
  clock?: Clock;
  fileLog?: FileLogger;
  /** Without it, the small broker decides. */
  hasBroker?: boolean;
}

/** Seconds of silence, by a real clock: no test's client is offline because the machine is slow. */
const PATIENCE_S = "600";

/** Owns the server, and its bus and store where none were given. */
export class Hub implements AsyncDisposable {
  /** The agent that the small broker chooses where none is named. */
  chosen = "";
  /** Decides in the small broker's place. */
  route: (message: Message) => Message | undefined = (message) => ({
    ...message,
    receiver_id: message.receiver_id ?? (message.in_reply_to_message_id ? undefined : this.chosen),
    routing_status: "routed",
  });

  private constructor(
    readonly server: RunningServer,
    readonly bus: MessageBus,
    readonly store: Store,
  ) {}

  static async open(
    { env = {}, bus, store, authorize, clock, fileLog, hasBroker = true }: HubOptions = {},
  ): Promise<Hub> {
    await using resources = new AsyncDisposableStack();
    const patient = clock ? {} : { AGENT_INACTIVITY_TIMEOUT: PATIENCE_S };
    const parsed = serverConfigSchema.parse({ ...patient, ...env });
    const config = { ...parsed, PORT: 0, GRPC_PORT: 0, GRPC_HOST: "127.0.0.1" };
    const opened = {
      bus: bus ?? resources.use(withRetry(await openBus("sqlite::memory:"), { firstDelayMs: 1 })),
      store: store ?? resources.use(await openStore("sqlite::memory:")),
    };
    const server = resources.use(await startServer(config, { ...opened, authorize, clock, fileLog }));
    await server.ready;
    const hub = new Hub(server, opened.bus, opened.store);
    if (hasBroker) resources.use(await hub.#readAsBroker());
    hub.#owned = resources.move();
    return hub;
  }

  #owned: AsyncDisposableStack | undefined;

  get ws(): string {
    return `ws://127.0.0.1:${this.server.httpPort}/ws`;
  }

  get http(): string {
    return `http://127.0.0.1:${this.server.httpPort}`;
  }

  /** Opens a socket on which nobody has registered yet. */
  socket(): Promise<Client> {
    return Client.open(this.ws);
  }

  /** Connects a frontend; its registration is the first frame. */
  async frontend(fields: Partial<Frame> = {}): Promise<Client & { registration: Frame }> {
    const client = await Client.open(this.ws);
    const frame = { message_type: "REGISTER_FRONTEND", frontend_name: "Ada", ...fields };
    const registration = await client.ask(frame, "REGISTER_FRONTEND_RESPONSE");
    return Object.assign(client, { registration });
  }

  /** Connects an agent over a socket, which answers each TEXT with what `answer` gives; it is chosen from now on. */
  async agent(
    fields: Partial<Frame> = {},
    answer: (text: string) => string | undefined = (text) => `heard: ${text}`,
  ): Promise<Client & { registration: Frame }> {
    const client = await Client.open(this.ws);
    client.onFrame = (frame) => {
      const text = frame.message_type === "TEXT" ? answer(frame.text_payload) : undefined;
      if (text !== undefined) client.send(replyTo(frame, text));
    };
    const frame = { message_type: "REGISTER_AGENT", agent_name: "Echo", ...fields };
    const registration = await client.ask(frame, "REGISTER_AGENT_RESPONSE");
    this.chosen = registration.agent_id;
    return Object.assign(client, { registration });
  }

  /** Connects an agent that keeps what it hears, and answers with the same unless it is `mute`. */
  async listener(fields: Partial<Frame> = {}, { mute = false } = {}): Promise<Client & { heard: string[] }> {
    const heard: string[] = [];
    const client = await this.agent(fields, (text) => {
      heard.push(text);
      return mute ? undefined : text;
    });
    return Object.assign(client, { heard });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned?.disposeAsync();
  }

  /** Writes to `server_input_queue`, or another, as a broker does. */
  publish(message: object, queue = SERVER_INPUT_QUEUE): Promise<void> {
    return this.bus.publish(queue, { id: crypto.randomUUID(), body: JSON.stringify(message), headers: {} });
  }

  /** Decides on one message, where there is no broker. */
  async passOne(): Promise<void> {
    const [delivery] = await this.bus.pull(BROKER_INPUT_QUEUE, { limit: 1, blockMs: 10_000 });
    await this.#decide(delivery!.envelope.body);
    await delivery!.settle({ kind: "ack" });
  }

  #readAsBroker() {
    return this.bus.consume(BROKER_INPUT_QUEUE, ({ envelope }) => this.#decide(envelope.body));
  }

  async #decide(body: string | Uint8Array): Promise<void> {
    const routed = this.route(parseMessage(body));
    if (routed) await this.publish(routed);
  }
}

/** Makes the reply to a message as a plain agent does. */
export function replyTo(asked: Frame, text: string): Partial<Frame> {
  return {
    message_type: "REPLY",
    message_id: `msg_re${asked.message_id.slice(4)}`,
    receiver_id: asked.sender_id,
    conversation_id: asked.conversation_id,
    in_reply_to_message_id: asked.message_id,
    text_payload: text,
  };
}
