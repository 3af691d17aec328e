/** Agents on sockets: their presence, their messages, and what they send. */
import type { Handler, Subscription } from "../../shared/bus/bus.ts";
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { splitCapabilities } from "../../shared/model/agent.ts";
import { check } from "../../shared/model/codec.ts";
import { timestamp } from "../../shared/model/message.ts";
import { agentQueue } from "../../shared/model/queue.ts";
import { claimed } from "../authorize.ts";
import type { Chunk } from "../chunks.ts";
import type { AgentLine, CommandToAgent } from "../command/agent_line.ts";
import type { FrameSink } from "../session/session.ts";
import { CLOSE, closeCodeOf } from "./close_code.ts";
import { REPORTS } from "../task/spoken.ts";
import { commandFrame, takeReport, takeResult } from "./agent_commands.ts";
import { takeSaid } from "./agent_tasks.ts";
import type { Connection } from "./connection.ts";
import type { WebSocketEdge } from "./edge.ts";
import { type Frame, unsupportedType } from "./frame.ts";
import { accept } from "./frontend.ts";
import { registerAgentSchema, replyChunkSchema } from "./registration.ts";
import { isAboutTasks, SocketTasks } from "./tasks.ts";

/** An agent may send so many times what a person may. */
const RATE_FACTOR = 10;
const PREFETCH = 32;

const SENT = new Set([
  "TEXT",
  "REPLY",
  "SYSTEM",
  "ERROR",
  "COORDINATION",
  "COMPLETION",
  "ERROR_REPORT",
  "BROADCAST",
]);

const log = logOf("server", "ws");
const decoder = new TextDecoder();

/** Knows the sockets of agents. */
export class AgentSockets implements AgentLine {
  /** A socket stands while its agent is silent; the roster hears of the PONGs. */
  readonly noticesSilence = false;
  readonly #sockets = new Map<string, Connection>();

  constructor(private readonly edge: WebSocketEdge) {}

  /** Registers an agent; with `delivery` `websocket` its queue's messages come over the socket from now on. */
  async register(connection: Connection, frame: Frame): Promise<() => void> {
    const asked = check(registerAgentSchema, frame);
    const { roster, authorize, center } = this.edge.options;
    const delivery = asked.delivery ?? "websocket";
    const claimedId = asked.agent_id ?? "";
    authorize(claimed("agent", claimedId), "register", claimedId || "*");
    const { agentId, agentName, sessionKey } = await roster.register({
      agentId: asked.agent_id ?? undefined,
      agentName: asked.agent_name,
      version: asked.version ?? undefined,
      ...capabilitiesOf(asked.capabilities ?? []),
      hostname: asked.hostname ?? undefined,
      platform: asked.platform ?? undefined,
      agentRole: asked.agent_role ?? undefined,
      maxConcurrentTasks: asked.max_concurrent_tasks ?? undefined,
      connectionType: "websocket",
      delivery,
      sessionKey: asked.session_token ?? undefined,
    });
    if (delivery === "websocket") authorize(claimed("agent", agentId), "consume", agentQueue(agentId));
    authorize(claimed("agent", agentId), "receive_commands", agentId);
    const presence = roster.open(agentId, "socket", sessionKey);
    presence.ended.addEventListener("abort", () => endOf(connection, presence.ended.reason));
    connection.allowMore(RATE_FACTOR);
    this.#sockets.set(agentId, connection);
    connection.onSign = () => roster.heardOf(agentId);
    const tasks = new SocketTasks(this.edge, { connection, principal: claimed("agent", agentId) });
    connection.receive = (frame) => this.#receive({ agentId, sessionKey, tasks }, connection, frame);
    connection.sendJson({
      message_type: "REGISTER_AGENT_RESPONSE",
      status: "success",
      agent_id: agentId,
      agent_name: agentName,
      message: `Welcome, ${agentName}.`,
      session_token: sessionKey,
    });
    this.edge.options.control.agents.arrived(agentId);
    center.opened(agentId, asked.tells_commands ? asked.command_ids ?? [] : undefined);
    const reading = delivery === "websocket" ? this.#read(agentId, connection) : undefined;
    return () => {
      if (this.#sockets.get(agentId) === connection) this.#sockets.delete(agentId);
      tasks[Symbol.dispose]();
      presence[Symbol.dispose]();
      center.closed(agentId);
      if (reading) this.edge.finish(reading.end());
    };
  }

  /** Asks every agent on a socket whether it is there. */
  ping(): void {
    const frame = JSON.stringify({ message_type: "PING", sender_id: "server", timestamp: timestamp() });
    for (const connection of this.#sockets.values()) connection.send(frame);
  }

  /** Tells an agent something beside its queue. Gives false when it has no socket here. */
  tell(agentId: string, frame: Record<string, unknown>): boolean {
    const connection = this.#sockets.get(agentId);
    connection?.sendJson(frame);
    return connection !== undefined;
  }

  isOpen(agentId: string): boolean {
    return this.#sockets.get(agentId)?.isOpen ?? false;
  }

  write(agentId: string, command: CommandToAgent): boolean {
    // A socket that closes, or is closed because its agent reads too slowly, has not taken it.
    return this.isOpen(agentId) && this.tell(agentId, commandFrame(command)) && this.isOpen(agentId);
  }

  /** What is about no task of the agent's own is a message like any other. */
  async #takeSaid(
    { agentId, tasks }: { agentId: string; tasks: SocketTasks },
    connection: Connection,
    frame: Frame,
  ): Promise<void> {
    const principal = claimed("agent", agentId);
    this.edge.options.authorize(principal, "work_on_tasks", agentId);
    if (await takeSaid(this.edge.options.tasks, { agentId, connection, tasks }, frame)) return;
    await accept(this.edge, connection, frame, { principal, connectionType: "websocket" });
  }

  #read(agentId: string, connection: Connection): Reading {
    return new Reading((signal) =>
      this.edge.options.bus.consume(agentQueue(agentId), deliverTo(connection), {
        prefetch: PREFETCH,
        graceMs: 0,
        mayBeUnstored: true,
        signal,
      })
    );
  }

  #receive(
    { agentId, sessionKey, tasks }: { agentId: string; sessionKey: string; tasks: SocketTasks },
    connection: Connection,
    frame: Frame,
  ): void | Promise<void> {
    const { roster, delivery, authorize } = this.edge.options;
    const principal = claimed("agent", agentId);
    const type = frame.message_type;
    if (isAboutTasks(frame)) return tasks.receive(frame);
    if (REPORTS.has(type)) return this.#takeSaid({ agentId, tasks }, connection, frame);
    if (SENT.has(type)) {
      return accept(this.edge, connection, frame, { principal, connectionType: "websocket" });
    }
    switch (type) {
      case "PONG":
        return;
      case "PING":
        return connection.sendJson({ message_type: "PONG", sender_id: "server", timestamp: timestamp() });
      case "REPLY_CHUNK":
        authorize(principal, "send_chunks", agentId);
        return delivery.chunks.accept(principal, chunkOf(frame));
      case "COMMAND_REPORT":
      case "COMMAND_RESULT":
        authorize(principal, "report_command", agentId);
        return type === "COMMAND_REPORT"
          ? takeReport(this.edge.options.center, agentId, frame)
          : takeResult(this.edge.options.center, { agentId, connection }, frame);
      case "REQUEST_AGENT_STATUS":
        return this.edge.showStatus(connection, principal);
      case "HEARTBEAT":
      case "STATUS_UPDATE":
        authorize(principal, "heartbeat", agentId);
        return roster.heartbeat(
          agentId,
          { status: frame.status, metrics: frame.metrics },
          sessionKey,
        );
      default:
        throw unsupportedType(type);
    }
  }
}

/** Closes the socket of an agent that the roster gave up. Only one that an operator wants to register anew comes back. */
function endOf(connection: Connection, reason: unknown): void {
  const { code, message } = ParleyError.from(reason);
  const isOperators = code === "forbidden" || code === "unavailable";
  connection.close(isOperators ? closeCodeOf(code) : CLOSE.replaced, message);
}

/** A socket's place on its agent's queue, which may take a while to be there. */
class Reading {
  readonly #ended = new AbortController();
  #subscription: Subscription | undefined;

  constructor(consume: (signal: AbortSignal) => Promise<Subscription>) {
    consume(this.#ended.signal).then(
      (subscription) => this.#subscription = subscription,
      (cause) => {
        if (!this.#ended.signal.aborted) log.warning("An agent's queue cannot be read: {cause}", { cause });
      },
    );
  }

  /** Gives back what is in flight. One that is still opening is not waited for: with its queues away it never would be. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#subscription?.[Symbol.asyncDispose]();
  }
}

/**
 * Makes what hands a queue's messages to `sink`, in order and each once the ones before it have left: a backlog is no
 * reason to take the agent for a slow reader. What the sink did not take any more goes back, for the next one.
 */
export function deliverTo(sink: FrameSink): Handler {
  let last: Promise<boolean> = Promise.resolve(true);
  const send = (frame: string) => {
    sink.send(frame);
    return sink.drained();
  };
  return async ({ envelope: { body } }, signal) => {
    const frame = typeof body === "string" ? body : decoder.decode(body);
    last = last.then(() => send(frame));
    if (!await last) await aborted(signal);
  };
}

function chunkOf(frame: Frame): Chunk {
  const asked = check(replyChunkSchema, frame);
  return {
    messageId: asked.message_id,
    inReplyTo: asked.in_reply_to_message_id,
    sequence: asked.sequence ?? 0,
    attempt: asked.attempt ?? 0,
    text: asked.text_payload ?? "",
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

/** Capabilities come as a list, or as the map of gRPC. */
function capabilitiesOf(given: string[] | Record<string, string>) {
  return Array.isArray(given) ? { capabilities: given } : splitCapabilities(given);
}
