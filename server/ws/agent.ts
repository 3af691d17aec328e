/** Agents on sockets: their presence, their messages, and what they send. */
import type { Subscription } from "../../shared/bus/bus.ts";
import { logOf } from "../../shared/log.ts";
import { check } from "../../shared/model/codec.ts";
import { timestamp } from "../../shared/model/message.ts";
import { DEFAULT_TENANT, type Principal } from "../../shared/model/principal.ts";
import { agentQueue } from "../../shared/model/queue.ts";
import { CLOSE } from "./close_code.ts";
import type { Connection } from "./connection.ts";
import type { WebSocketEdge } from "./edge.ts";
import { type Frame, unsupportedType } from "./frame.ts";
import { accept } from "./frontend.ts";
import { registerAgentSchema } from "./registration.ts";

/** An agent may send so many times what a person may. */
const RATE_FACTOR = 10;
const PREFETCH = 32;

const SENT = new Set(["TEXT", "REPLY", "SYSTEM", "ERROR", "COORDINATION", "COMPLETION", "BROADCAST"]);

const log = logOf("server", "ws");
const decoder = new TextDecoder();

/** Knows the sockets of agents. */
export class AgentSockets {
  readonly #sockets = new Map<string, Connection>();

  constructor(private readonly edge: WebSocketEdge) {}

  /** Registers an agent; with `delivery` `websocket` its queue's messages come over the socket from now on. */
  async register(connection: Connection, frame: Frame): Promise<() => void> {
    const asked = check(registerAgentSchema, frame);
    const { roster } = this.edge.options;
    const delivery = asked.delivery ?? "websocket";
    const { agentId, agentName, sessionKey } = await roster.register({
      agentId: asked.agent_id ?? undefined,
      agentName: asked.agent_name,
      version: asked.version ?? undefined,
      capabilities: asked.capabilities ?? [],
      agentRole: asked.agent_role ?? undefined,
      maxConcurrentTasks: asked.max_concurrent_tasks ?? undefined,
      connectionType: "websocket",
      delivery,
      sessionKey: asked.session_token ?? undefined,
    });
    const presence = roster.open(agentId, "socket", sessionKey);
    presence.ended.addEventListener(
      "abort",
      () => connection.close(CLOSE.replaced, "Taken off, or replaced."),
    );
    connection.allowMore(RATE_FACTOR);
    this.#sockets.set(agentId, connection);
    connection.receive = (frame) => this.#receive({ agentId, sessionKey }, connection, frame);
    connection.sendJson({
      message_type: "REGISTER_AGENT_RESPONSE",
      status: "success",
      agent_id: agentId,
      agent_name: agentName,
      message: `Welcome, ${agentName}.`,
      session_token: sessionKey,
    });
    const reading = delivery === "websocket" ? this.#read(agentId, connection) : undefined;
    return () => {
      if (this.#sockets.get(agentId) === connection) this.#sockets.delete(agentId);
      presence[Symbol.dispose]();
      if (reading) this.edge.finish(end(reading));
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

  async #read(agentId: string, connection: Connection): Promise<Subscription> {
    return await this.edge.options.bus.consume(agentQueue(agentId), async ({ envelope }, signal) => {
      // What comes too late for this socket is left for the next one.
      if (!connection.isOpen) await aborted(signal);
      const { body } = envelope;
      connection.send(typeof body === "string" ? body : decoder.decode(body));
      await connection.drained();
    }, { prefetch: PREFETCH, graceMs: 0, mayBeUnstored: true });
  }

  #receive(
    { agentId, sessionKey }: { agentId: string; sessionKey: string },
    connection: Connection,
    frame: Frame,
  ): void | Promise<void> {
    const { roster, delivery } = this.edge.options;
    const principal: Principal = { kind: "agent", id: agentId, tenantId: DEFAULT_TENANT };
    const type = frame.message_type;
    if (SENT.has(type)) {
      return accept(this.edge, connection, frame, { principal, connectionType: "websocket" });
    }
    switch (type) {
      case "PONG":
        return roster.pong(agentId);
      case "PING":
        roster.pong(agentId);
        return connection.sendJson({ message_type: "PONG", sender_id: "server", timestamp: timestamp() });
      case "REPLY_CHUNK":
        return delivery.chunks.accept(principal, {
          messageId: String(frame.message_id ?? ""),
          inReplyTo: String(frame.in_reply_to_message_id ?? ""),
          sequence: Number(frame.sequence ?? 0),
          attempt: Number(frame.attempt ?? 0),
          text: String(frame.text_payload ?? ""),
        });
      case "REQUEST_AGENT_STATUS":
        return connection.send(this.edge.status.full());
      case "HEARTBEAT":
      case "STATUS_UPDATE":
        return roster.heartbeat(
          agentId,
          { status: String(frame.status ?? ""), metrics: textsOf(frame.metrics) },
          sessionKey,
        );
      default:
        throw unsupportedType(type);
    }
  }
}

async function end(reading: Promise<Subscription>): Promise<void> {
  try {
    await (await reading)[Symbol.asyncDispose]();
  } catch (cause) {
    log.warning("An agent's queue could not be read: {cause}", { cause });
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

function textsOf(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, String(each)]));
}
