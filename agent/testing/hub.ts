/** A small real gRPC server with the services that agents use, for tests: it can be stopped and started again. */
import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
} from "@grpc/grpc-js";
import type { MessageBus } from "../../shared/bus/bus.ts";
import { openBus } from "../../shared/bus/open.ts";
import { withRetry } from "../../shared/bus/retry.ts";
import { ParleyError } from "../../shared/error.ts";
import { PEER_ID_KEY, SESSION_KEY } from "../../shared/grpc/channel.ts";
import {
  type AgentRegistrationRequest,
  type AgentRegistrationServiceServer,
  AgentRegistrationServiceService,
  Command,
  type CommandReport,
  type CommandResult,
  type CommandStreamRequest,
  type HeartbeatRequest,
} from "../../shared/grpc/gen/agent_registration.ts";
import { BusServiceService } from "../../shared/grpc/gen/bus.ts";
import {
  type ConversationMessage,
  type ConversationServiceServer,
  ConversationServiceService,
  type ReplyServiceServer,
  ReplyServiceService,
  type SendChunksRequest,
} from "../../shared/grpc/gen/conversation.ts";
import { toServiceError } from "../../shared/grpc/status.ts";
import { parseJsonObject, parseMessage } from "../../shared/model/codec.ts";
import type { Message } from "../../shared/model/message.ts";
import { agentQueue, BROKER_INPUT_QUEUE, DEAD_LETTER_QUEUE } from "../../shared/model/queue.ts";
import { Arrivals } from "./arrivals.ts";
import { busService } from "./bus_service.ts";

type CommandStream = ServerWritableStream<CommandStreamRequest, Command>;

export class TestHub implements AsyncDisposable {
  readonly registrations = new Arrivals<AgentRegistrationRequest>();
  readonly heartbeats = new Arrivals<HeartbeatRequest>();
  readonly chunks = new Arrivals<SendChunksRequest>();
  readonly commandResults = new Arrivals<CommandResult>();
  /** What agents said of their commands before the results. */
  readonly commandReports = new Arrivals<CommandReport>();
  /** What agents said when they opened their command streams. */
  readonly commandStreams = new Arrivals<CommandStreamRequest>();
  /** What the next results are refused with, one each, before one is taken. */
  readonly resultFaults: ParleyError[] = [];
  /** The ids whose command stream opened, and ended. */
  readonly presence = new Arrivals<[id: string, state: "online" | "offline"]>();
  /** What agents sent, as a broker would get it. */
  readonly sent = new Arrivals<Message>();
  readonly deadLetters = new Arrivals<Record<string, unknown>>();
  readonly history: ConversationMessage[] = [];
  /** What the next questions for a conversation are answered with, one each, before it is given. */
  readonly historyFaults: ParleyError[] = [];
  /** Refuses registrations with this. */
  refuseWith: ParleyError | undefined;
  /** Answers heartbeats with NOT_FOUND, until the next registration. */
  forgotten = false;
  heartbeatIntervalS = 30;
  port = 0;
  readonly #streams = new Map<string, CommandStream>();
  #server: Server | undefined;

  private constructor(readonly bus: MessageBus) {}

  static async start(): Promise<TestHub> {
    const hub = new TestHub(withRetry(await openBus("sqlite::memory:")));
    await hub.bus.consume(
      BROKER_INPUT_QUEUE,
      (delivery) => hub.#arrived(hub.sent, parseMessage(delivery.envelope.body)),
    );
    await hub.bus.consume(
      DEAD_LETTER_QUEUE,
      (delivery) => hub.#arrived(hub.deadLetters, parseJsonObject(delivery.envelope.body)),
    );
    await hub.listen();
    return hub;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Listens, on the port it had before if it had one. */
  async listen(): Promise<void> {
    const server = new Server();
    server.addService(AgentRegistrationServiceService, this.#agents());
    server.addService(ReplyServiceService, this.#replies());
    server.addService(ConversationServiceService, this.#conversations());
    server.addService(BusServiceService, busService(this.bus));
    const address = `127.0.0.1:${this.port}`;
    this.port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(
        address,
        ServerCredentials.createInsecure(),
        (e, port) => e ? reject(e) : resolve(port),
      )
    );
    this.#server = server;
  }

  /** Cuts every connection and listens no more. */
  fall(): void {
    this.#server?.forceShutdown();
    this.#server = undefined;
  }

  /** Puts `message` into the queue of the agent `id`. */
  async give(id: string, message: Message): Promise<void> {
    const envelope = { id: message.message_id ?? "", body: JSON.stringify(message), headers: {} };
    await this.bus.publish(agentQueue(id), envelope);
  }

  command(id: string, command: Partial<Command>): void {
    this.#streams.get(id)?.write(Command.fromPartial({ commandId: "cmd_1", ...command }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.fall();
    await this.bus[Symbol.asyncDispose]();
  }

  #arrived<T>(where: Arrivals<T>, item: T): Promise<void> {
    where.add(item);
    return Promise.resolve();
  }

  #agents(): AgentRegistrationServiceServer {
    return {
      registerAgent: (call, done) => {
        this.registrations.add(call.request);
        if (this.refuseWith) return done(toServiceError(this.refuseWith));
        this.forgotten = false;
        const id = call.request.agentId || "agent_assigned";
        done(null, { success: true, message: "", serverAssignedId: id, sessionKey: `key of ${id}` });
      },
      unregisterAgent: (_call, done) =>
        done({ code: status.UNIMPLEMENTED, details: "Nobody asks for this." }),
      sendHeartbeat: (call, done) => {
        this.heartbeats.add(call.request);
        if (this.forgotten) return done(toServiceError(new ParleyError("not_found", "Unknown agent.")));
        done(null, { success: true, interval: this.heartbeatIntervalS });
      },
      receiveCommands: (stream) => this.#present(stream),
      sendCommandResult: (call, done) => {
        const fault = this.resultFaults.shift();
        if (fault) return done(toServiceError(fault));
        this.commandResults.add(call.request);
        done(null, { received: true, message: "" });
      },
      reportCommands: (stream, done) => {
        stream.on("data", (report: CommandReport) => this.commandReports.add(report));
        stream.on("error", () => {});
        stream.on("end", () => done(null, {}));
      },
    };
  }

  #present(stream: CommandStream): void {
    const id = stream.request.agentId;
    stream.on("cancelled", () => this.presence.add([id, "offline"]));
    this.#streams.set(id, stream);
    this.commandStreams.add(stream.request);
    this.presence.add([id, "online"]);
  }

  #replies(): ReplyServiceServer {
    return {
      sendChunks: (stream, done) => {
        stream.on("data", (chunk: SendChunksRequest) => this.chunks.add(chunk));
        stream.on("error", () => {});
        stream.on("end", () => done(null, { received: 0n }));
      },
    };
  }

  #conversations(): ConversationServiceServer {
    return {
      listMessages: (call, done) =>
        answered(done, () => {
          if (!isKnown(call)) throw new ParleyError("unauthenticated", "Who asks?");
          const fault = this.historyFaults.shift();
          if (fault) throw fault;
          if (this.history.length === 0) throw new ParleyError("not_found", "No such conversation.");
          return { messages: this.history };
        }),
    };
  }
}

function isKnown(call: ServerUnaryCall<unknown, unknown>): boolean {
  const [id] = call.metadata.get(PEER_ID_KEY);
  return call.metadata.get(SESSION_KEY)[0] === `key of ${id}`;
}

function answered<T>(done: sendUnaryData<T>, work: () => T): void {
  try {
    done(null, work());
  } catch (thrown) {
    done(toServiceError(thrown));
  }
}
