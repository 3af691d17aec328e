/** The roster as brokers of the earlier form get it: registered over WebSocket, which may hand out the gRPC address. */
import { z } from "zod";
import { ParleyError } from "../shared/error.ts";
import { logOf } from "../shared/log.ts";
import { agentStatusUpdateSchema } from "../shared/model/agent.ts";
import { check, parseJsonObject } from "../shared/model/codec.ts";
import { timestamp } from "../shared/model/message.ts";
import type { Identity } from "./identity.ts";
import { persist } from "./persist.ts";
import type { AgentRoster } from "./roster.ts";
import { followStatus } from "./status_stream.ts";

export interface StatusSocketOptions {
  /** Where the server's WebSocket listens: `ws://host:port/ws`. */
  url: string;
  roster: AgentRoster;
  signal: AbortSignal;
  /** How long the server, which sends a heartbeat every 10 s, may say nothing before it counts as gone: 35 s. */
  silenceMs?: number;
}

/** Three heartbeats missed, and some time for the last to be late. */
const SILENCE_MS = 35_000;
/** How long the other side may take to answer that the connection is closed, in milliseconds. */
const CLOSE_MS = 2_000;

const registeredSchema = z.looseObject({
  status: z.string(),
  message: z.string().nullish(),
  broker_id: z.string().nullish(),
  session_token: z.string().nullish(),
  grpc_host: z.string().nullish(),
  grpc_port: z.coerce.string().nullish(),
  use_grpc_for_agent_status: z.boolean().nullish(),
});

const log = logOf("broker", "socket");

/**
 * Registers over WebSocket and keeps the roster up to date, from the status stream when the server hands out its
 * gRPC address and else from the socket, coming back each time the server was away, until `signal` aborts. What the
 * server answers is written to `identity`. Never rejects.
 */
export function followByWebSocket(identity: Identity, options: StatusSocketOptions): Promise<void> {
  const { signal, url } = options;
  const attempt = (succeeded: () => void) => new SocketSession(identity, options, succeeded).ended();
  return persist(attempt, { signal, log, what: `the server at ${url}` });
}

/** One connection, from its opening to its end. */
class SocketSession {
  readonly #socket: WebSocket;
  readonly #over = new AbortController();
  readonly #abandoned = Promise.withResolvers<void>();
  #status: Promise<void> | undefined;
  #isRegistered = false;
  #isClosing = false;
  #alarm: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly identity: Identity,
    private readonly options: StatusSocketOptions,
    private readonly succeeded: () => void,
  ) {
    this.#socket = new WebSocket(options.url);
    this.#socket.onmessage = ({ data }) => this.#receive(String(data));
    this.#heard();
  }

  /** Resolves when the connection is closed, by either side or for want of an answer. Rejects when it failed. */
  async ended(): Promise<void> {
    const close = () => this.#close();
    this.options.signal.addEventListener("abort", close, { once: true });
    this.#socket.onopen = () => this.#register();
    try {
      await Promise.race([untilClosed(this.#socket), this.#abandoned.promise]);
    } finally {
      clearTimeout(this.#alarm);
      this.#socket.onmessage = null;
      this.options.signal.removeEventListener("abort", close);
      this.#over.abort();
      await this.#status;
    }
  }

  #register(): void {
    if (this.options.signal.aborted) return this.#close();
    const { id: broker_id, name: broker_name, sessionKey, version, hostname } = this.identity;
    const session_token = sessionKey || undefined;
    this.#send({
      message_type: "REGISTER_BROKER",
      broker_id,
      broker_name,
      session_token,
      version,
      hostname,
    });
  }

  /** Begins to count the silence anew. */
  #heard(): void {
    if (this.#isClosing) return;
    clearTimeout(this.#alarm);
    const silenceMs = this.options.silenceMs ?? SILENCE_MS;
    this.#alarm = setTimeout(() => {
      log.warning("The server has said nothing for {silenceMs} ms", { silenceMs });
      this.#close();
    }, silenceMs);
  }

  /** Closes the connection; a server that is gone never answers that, so it is not waited for long. */
  #close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    clearTimeout(this.#alarm);
    this.#alarm = setTimeout(() => this.#abandoned.resolve(), CLOSE_MS);
    this.#socket.close();
  }

  #receive(text: string): void {
    this.#heard();
    try {
      this.#handle(parseJsonObject(text));
    } catch (error) {
      log.warning("A frame from the server was not understood: {reason}", {
        reason: ParleyError.from(error).message,
      });
    }
  }

  #handle(frame: Record<string, unknown>): void {
    switch (String(frame.message_type).toUpperCase()) {
      case "REGISTER_BROKER_RESPONSE":
        return this.#registered(check(registeredSchema, frame));
      case "AGENT_STATUS_UPDATE":
        return this.#update(frame);
      case "SERVER_HEARTBEAT":
      case "PING":
        return this.#pong();
      case "ERROR":
        return this.#refused(frame.error_details ?? frame.text_payload);
    }
  }

  /** Before it is registered a refusal leaves nothing to wait for; coming back may find it lifted. */
  #refused(reason: unknown): void {
    log.error("The server refused: {reason}", { reason });
    if (!this.#isRegistered) this.#close();
  }

  #registered(response: z.infer<typeof registeredSchema>): void {
    if (response.status !== "success") {
      log.error("The server refused the registration: {reason}", { reason: response.message });
      return this.#close();
    }
    this.#isRegistered = true;
    this.succeeded();
    this.identity.id = response.broker_id || this.identity.id;
    this.identity.sessionKey = response.session_token || this.identity.sessionKey;
    log.info("Registered as {id} ({name})", { id: this.identity.id, name: this.identity.name });
    if (!response.use_grpc_for_agent_status || !response.grpc_host || !response.grpc_port) return;
    this.#follow(`${response.grpc_host}:${response.grpc_port}`);
  }

  #follow(address: string): void {
    this.#status ??= followStatus(this.identity, {
      address,
      roster: this.options.roster,
      signal: this.#over.signal,
    });
  }

  /** The stream and the socket say the same at different times; while there is a stream it alone is listened to. */
  #update(frame: Record<string, unknown>): void {
    if (this.#status) return;
    const { agents, is_full_update } = check(agentStatusUpdateSchema, {
      ...frame,
      message_type: "AGENT_STATUS_UPDATE",
    });
    this.options.roster.apply({ agents, isFull: is_full_update });
  }

  #pong(): void {
    this.#send({ message_type: "PONG", broker_id: this.identity.id, timestamp: timestamp() });
  }

  #send(frame: Record<string, unknown>): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}

function untilClosed(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onerror = (event) => {
      const reason = event instanceof ErrorEvent && event.message ? event.message : "nobody answers";
      reject(new ParleyError("unavailable", `The WebSocket failed: ${reason}.`));
    };
    socket.onclose = () => resolve();
  });
}
