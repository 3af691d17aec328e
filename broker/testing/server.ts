/** A server that speaks the fixed gRPC services for brokers, and says what the test tells it to. */
import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
} from "@grpc/grpc-js";
import {
  AgentInfo,
  type AgentStatusRequest,
  AgentStatusResponse,
  AgentStatusServiceService,
} from "../../shared/grpc/gen/agent_status.ts";
import {
  type BrokerRegistrationRequest,
  BrokerRegistrationResponse,
  BrokerRegistrationServiceService,
} from "../../shared/grpc/gen/broker_registration.ts";

// Server and client share the test's process, which must outlive the server.
type StatusStream = ServerWritableStream<AgentStatusRequest, AgentStatusResponse>;

/** Serves registration and the status stream on a port of its own; every new stream begins with `agents`. */
export class StatusServer implements AsyncDisposable {
  readonly registrations: BrokerRegistrationRequest[] = [];
  readonly subscriptions: { brokerId: string; sessionKey: string }[] = [];
  agents: Partial<AgentInfo>[] = [];
  /** What the next registrations are refused with, one after the other; then they are accepted. */
  refusals: string[] = [];
  port = 0;
  readonly #server = new Server();
  readonly #streams = new Set<StatusStream>();

  static async start(port = 0): Promise<StatusServer> {
    const server = new StatusServer();
    await server.#listen(port);
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Tells every open stream. */
  tell(agents: Partial<AgentInfo>[], { isFull = false } = {}): void {
    for (const stream of this.#streams) stream.write(update(agents, isFull));
  }

  /** Breaks every open stream. */
  breakStreams(): void {
    for (const stream of this.#streams) {
      stream.emit("error", { code: status.UNAVAILABLE, details: "The server is going away." });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const stream of this.#streams) stream.end();
    this.#server.forceShutdown();
    return Promise.resolve();
  }

  #listen(port: number): Promise<void> {
    this.#server.addService(BrokerRegistrationServiceService, { registerBroker: this.#register });
    this.#server.addService(AgentStatusServiceService, {
      subscribeToAgentStatus: this.#subscribe,
      getAgentStatus: (_call: unknown, done: sendUnaryData<AgentStatusResponse>) =>
        done(null, update(this.agents, true)),
    });
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
        if (error) return reject(error);
        this.port = bound;
        resolve();
      });
    });
  }

  #register = (
    { request }: ServerUnaryCall<BrokerRegistrationRequest, BrokerRegistrationResponse>,
    done: sendUnaryData<BrokerRegistrationResponse>,
  ): void => {
    this.registrations.push(request);
    const details = this.refusals.shift();
    if (details) return done({ code: status.ALREADY_EXISTS, details });
    const brokerId = request.brokerId || "broker_given";
    done(null, { success: true, message: "Welcome.", brokerId, sessionKey: `key_of_${brokerId}` });
  };

  #subscribe = (stream: StatusStream): void => {
    const [sessionKey] = stream.metadata.get("parley-session-key");
    this.subscriptions.push({ brokerId: stream.request.brokerId, sessionKey: String(sessionKey) });
    this.#streams.add(stream);
    stream.on("close", () => this.#streams.delete(stream));
    stream.write(update(this.agents, true));
  };
}

function update(agents: Partial<AgentInfo>[], isFullUpdate: boolean): AgentStatusResponse {
  return { agents: agents.map((agent) => AgentInfo.fromPartial(agent)), isFullUpdate };
}
