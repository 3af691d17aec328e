/** The WebSocket edge: every socket from its upgrade to its close. */
import { ParleyError } from "../../shared/error.ts";
import type { MessageBus } from "../../shared/bus/bus.ts";
import { timestamp } from "../../shared/model/message.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { Authorize } from "../authorize.ts";
import type { CommandCenter } from "../command/center.ts";
import type { TaskCenter } from "../task/center.ts";
import type { Control } from "../control/control.ts";
import { SERVER_HEARTBEAT_MS } from "../brokers.ts";
import type { Delivery } from "../delivery/delivery.ts";
import { type Clock, every, systemClock } from "../presence/clock.ts";
import type { Roster } from "../roster.ts";
import type { ServerConfig } from "../config.ts";
import { AgentSockets } from "./agent.ts";
import { registerBroker } from "./broker.ts";
import { CLOSE } from "./close_code.ts";
import { Connection } from "./connection.ts";
import type { Frame } from "./frame.ts";
import { registerFrontend } from "./frontend.ts";
import { Rota } from "./rota.ts";
import { StatusFeed } from "./status_feed.ts";

/** The heartbeat is spread over its interval in so many steps. */
const HEARTBEAT_STEPS = 20;
/** How long a socket may take to register, in milliseconds. */
const REGISTER_WITHIN_MS = 10_000;

/** How something is said to an agent that is not a message: by its command stream. */
export interface CommandSender {
  send(agentId: string, draft: { type: string; parameters?: Record<string, string> }): string | undefined;
}

export interface EdgeOptions {
  config: ServerConfig;
  serverId: string;
  roster: Roster;
  delivery: Delivery;
  control: Control;
  center: CommandCenter;
  tasks: TaskCenter;
  bus: MessageBus;
  authorize: Authorize;
  /** The agents' command streams; there once the gRPC edge is. */
  commands: () => CommandSender | undefined;
  clock?: Clock;
  /** What brokers are told to dial. */
  grpcAddress: () => { host: string; port: number };
}

export type SocketKind = "unregistered" | "frontend" | "agent" | "broker";

/** Owns every socket. Disposing tells the clients, and closes with a code that means come back. */
export class WebSocketEdge implements AsyncDisposable {
  readonly agents: AgentSockets;
  readonly #status: StatusFeed;
  readonly #connections = new Map<Connection, SocketKind>();
  /** Those who registered, in turns for the heartbeat. */
  readonly #registered = new Rota<Connection>(HEARTBEAT_STEPS);
  readonly #clock: Clock;
  readonly #timers: Disposable[];
  readonly #closings = new Set<Promise<void>>();
  #isClosing = false;

  constructor(readonly options: EdgeOptions) {
    const { roster, config, clock = systemClock } = options;
    this.#clock = clock;
    this.#status = new StatusFeed({ roster, clock, intervalMs: config.PERIODIC_STATUS_INTERVAL * 1000 });
    this.agents = new AgentSockets(this);
    this.#timers = [
      every(clock, SERVER_HEARTBEAT_MS / HEARTBEAT_STEPS, () => this.#heartbeat()),
      every(clock, config.AGENT_PING_INTERVAL * 1000, () => this.agents.ping()),
    ];
  }

  /** Makes a socket of a request that asks for one; its origin has been checked. */
  upgrade(request: Request): Response {
    if (this.#isClosing) return new Response("The server is shutting down.", { status: 503 });
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#welcome(socket);
    return response;
  }

  /** Counts open sockets by what registered on them. */
  count(): Record<SocketKind, number> {
    const counts = { unregistered: 0, frontend: 0, agent: 0, broker: 0 };
    for (const kind of this.#connections.values()) counts[kind]++;
    return counts;
  }

  /** Tells a client of everybody who is there. Throws `forbidden` when `principal` may not know. */
  showStatus(connection: Connection, principal: Principal): void {
    this.options.authorize(principal, "read_roster", "*");
    this.#status.show(connection);
  }

  /** Tells a client who is there from now on, or that `principal` may not know; the connection stays. */
  joinStatus(connection: Connection, principal: Principal): Disposable | undefined {
    try {
      this.options.authorize(principal, "read_roster", "*");
      return this.#status.join(connection);
    } catch (thrown) {
      connection.fail(thrown);
    }
  }

  /** Waits for what a closed socket still holds, before the server ends. */
  finish(work: Promise<void>): void {
    const settled = work.finally(() => this.#closings.delete(settled));
    this.#closings.add(settled);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    for (const timer of this.#timers) timer[Symbol.dispose]();
    this.#status[Symbol.dispose]();
    const text = "The server is going down. Come back in a moment.";
    const shutdown = JSON.stringify({
      message_type: "SHUTDOWN",
      sender_id: "server",
      text_payload: text,
      timestamp: timestamp(),
    });
    for (const connection of [...this.#connections.keys()]) {
      connection.send(shutdown);
      connection.close(CLOSE.shutdown, text);
    }
    await Promise.allSettled([...this.#closings]);
  }

  #welcome(socket: WebSocket): void {
    const { MAX_MESSAGE_BYTES: maxBytes, RATE_LIMIT_PER_SECOND: framesPerSecond } = this.options.config;
    const connection = new Connection(socket, { maxBytes, framesPerSecond });
    this.#connections.set(connection, "unregistered");
    const late = this.#clock.after(REGISTER_WITHIN_MS, () => turnAway(connection));
    connection.onClose = () => {
      late[Symbol.dispose]();
      this.#connections.delete(connection);
    };
    connection.receive = (frame) => this.#register(connection, frame, () => late[Symbol.dispose]());
  }

  async #register(connection: Connection, frame: Frame, done: () => void): Promise<void> {
    const register = REGISTER[frame.message_type];
    if (!register) return turnAway(connection);
    const left = await register.run(this, connection, frame);
    done();
    if (!connection.isOpen) return left();
    this.#connections.set(connection, register.kind);
    const turn = this.#registered.add(connection);
    connection.onClose = () => {
      this.#connections.delete(connection);
      turn[Symbol.dispose]();
      left();
    };
  }

  #heartbeat(): void {
    const frame = JSON.stringify({
      message_type: "SERVER_HEARTBEAT",
      sender_id: "server",
      server_id: this.options.serverId,
      timestamp: timestamp(),
    });
    for (const connection of this.#registered.next()) connection.send(frame);
  }
}

/** Registers a client, sets what its connection receives, and gives what to do when it has left. */
type Register = (edge: WebSocketEdge, connection: Connection, frame: Frame) => Promise<() => void>;

const REGISTER: Readonly<Record<string, { kind: SocketKind; run: Register } | undefined>> = {
  REGISTER_FRONTEND: { kind: "frontend", run: registerFrontend },
  REGISTER_AGENT: { kind: "agent", run: (edge, ...rest) => edge.agents.register(...rest) },
  REGISTER_BROKER: { kind: "broker", run: registerBroker },
};

function turnAway(connection: Connection): void {
  const message = "Register first: REGISTER_FRONTEND, REGISTER_AGENT or REGISTER_BROKER.";
  connection.fail(new ParleyError("not_registered", message));
  connection.close(CLOSE.policy, message);
}
