/** A client of every service of the edge, for tests; its calls are promises, its streams are lists that one can wait on. */
import {
  type Client,
  type ClientReadableStream,
  Metadata,
  type ServiceError,
  type StatusObject,
} from "@grpc/grpc-js";
import { CHANNEL_OPTIONS, dialCredentials, peerMetadata, unary } from "../../../shared/grpc/channel.ts";
import {
  type AgentRegistrationResponse,
  AgentRegistrationServiceClient,
  type AgentUnregistrationResponse,
  type Command,
  type CommandReport,
  type CommandReportResponse,
  CommandResult,
  type CommandResultResponse,
  type HeartbeatResponse,
} from "../../../shared/grpc/gen/agent_registration.ts";
import { type AgentStatusResponse, AgentStatusServiceClient } from "../../../shared/grpc/gen/agent_status.ts";
import {
  type BrokerRegistrationResponse,
  BrokerRegistrationServiceClient,
} from "../../../shared/grpc/gen/broker_registration.ts";
import { BusServiceClient } from "../../../shared/grpc/gen/bus.ts";
import {
  ConversationServiceClient,
  type ListMessagesRequest,
  type ListMessagesResponse,
  ReplyServiceClient,
} from "../../../shared/grpc/gen/conversation.ts";

export interface Identity {
  id: string;
  sessionKey: string;
}

export class TestPeer implements Disposable {
  readonly agents: AgentRegistrationServiceClient;
  readonly statuses: AgentStatusServiceClient;
  readonly brokers: BrokerRegistrationServiceClient;
  readonly hub: BusServiceClient;
  readonly replies: ReplyServiceClient;
  readonly conversations: ConversationServiceClient;
  readonly #clients: Client[];

  constructor(address: string) {
    const dial = [address, dialCredentials(), CHANNEL_OPTIONS] as const;
    this.#clients = [
      this.agents = new AgentRegistrationServiceClient(...dial),
      this.statuses = new AgentStatusServiceClient(...dial),
      this.brokers = new BrokerRegistrationServiceClient(...dial),
      this.hub = new BusServiceClient(...dial),
      this.replies = new ReplyServiceClient(...dial),
      this.conversations = new ConversationServiceClient(...dial),
    ];
  }

  async register(
    fields: {
      agentName?: string;
      agentId?: string;
      sessionKey?: string;
      opensStream?: boolean;
      capabilities?: Record<string, string>;
      maxConcurrentTasks?: number;
    } = {},
  ) {
    const request = {
      agentId: "",
      agentName: "Ada",
      version: "1.0.0",
      capabilities: { chat: "true", languages: "en" },
      hostname: "here",
      platform: "test",
      agentRole: "worker",
      maxConcurrentTasks: 2,
      sessionKey: "",
      opensStream: false,
      ...fields,
    };
    const response = await unary<AgentRegistrationResponse>((metadata, options, done) =>
      this.agents.registerAgent(request, metadata, options, done)
    );
    return { response, id: response.serverAssignedId, sessionKey: response.sessionKey };
  }

  async registerBroker(brokerId = "", { version = "", hostname = "" } = {}): Promise<Identity> {
    const request = { brokerId, brokerName: "Broker", sessionKey: "", version, hostname };
    const response = await unary<BrokerRegistrationResponse>((metadata, options, done) =>
      this.brokers.registerBroker(request, metadata, options, done)
    );
    return { id: response.brokerId, sessionKey: response.sessionKey };
  }

  heartbeat(agentId: string, status = "active", metrics: Record<string, string> = {}) {
    return unary<HeartbeatResponse>((metadata, options, done) =>
      this.agents.sendHeartbeat({ agentId, status, metrics }, metadata, options, done)
    );
  }

  unregister(agentId: string, sessionKey = "") {
    return unary<AgentUnregistrationResponse>(
      (metadata, options, done) => this.agents.unregisterAgent({ agentId }, metadata, options, done),
      { metadata: peerMetadata({ id: agentId, sessionKey }) },
    );
  }

  /** Reports a result; the agent shows its key where one is given. */
  sendResult(
    agentId: string,
    commandId?: string,
    given: Partial<CommandResult> & { sessionKey?: string } = {},
  ) {
    const { sessionKey, ...fields } = given;
    const known = { success: true, executionTimeMs: 1n, ...fields, agentId, commandId: commandId ?? "cmd_1" };
    const result = CommandResult.fromPartial(known);
    return unary<CommandResultResponse>(
      (metadata, options, done) => this.agents.sendCommandResult(result, metadata, options, done),
      sessionKey ? { metadata: peerMetadata({ id: agentId, sessionKey }) } : {},
    );
  }

  /** `known`: the commands that the agent says it has; without it, it says nothing of them, as others' agents. */
  commands(agentId: string, sessionKey?: string, known?: string[]): Incoming<Command> {
    const metadata = peerMetadata({ id: agentId, sessionKey: sessionKey ?? "" });
    const request = { agentId, tellsCommands: known !== undefined, commandIds: known ?? [] };
    return new Incoming(this.agents.receiveCommands(request, metadata));
  }

  /** Opens the stream by which an agent reports on its commands. */
  reports(identity: Identity) {
    const over = Promise.withResolvers<{ error: ServiceError | null; response?: CommandReportResponse }>();
    const call = this.agents.reportCommands(
      peerMetadata(identity),
      (error, response) => over.resolve({ error, response }),
    );
    call.on("error", () => {/* `over` tells the same */});
    const write = (commandId: string, report: CommandReport["report"]) =>
      void call.write({ commandId, agentId: identity.id, report });
    return {
      call,
      over: over.promise,
      opened: new Promise((resolve) => call.once("metadata", resolve)),
      started: (commandId: string, description = "df -h") =>
        write(commandId, { $case: "started", value: { description } }),
      printed: (commandId: string, sequence: number, text: string, stream = "stdout") =>
        write(commandId, { $case: "output", value: { sequence, text, stream } }),
      needsApproval: (commandId: string, digest: string, description = "rm -r data") =>
        write(commandId, {
          $case: "approvalNeeded",
          value: { digest, description, expiresInS: 60 },
        }),
    };
  }

  subscribe(brokerId: string, identity?: Identity): Incoming<AgentStatusResponse> {
    const metadata = identity ? peerMetadata(identity) : new Metadata();
    return new Incoming(this.statuses.subscribeToAgentStatus({ brokerId }, metadata));
  }

  listMessages(request: Partial<ListMessagesRequest>, identity?: Identity) {
    const full = { conversationId: "", limit: 0, beforeMessageId: "", ...request };
    const options = identity ? { metadata: peerMetadata(identity) } : {};
    return unary<ListMessagesResponse>(
      (metadata, options, done) => this.conversations.listMessages(full, metadata, options, done),
      options,
    );
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client.close();
  }
}

/** What arrives on a server stream. */
export class Incoming<T> implements AsyncDisposable {
  readonly items: T[] = [];
  /** Resolves when the server has the stream open. */
  readonly opened: Promise<Metadata>;
  /** Resolves with the status that ended the stream. */
  readonly ended: Promise<StatusObject>;
  #arrived = Promise.withResolvers<void>();

  constructor(readonly call: ClientReadableStream<T>) {
    this.opened = new Promise((resolve) => call.once("metadata", resolve));
    this.ended = new Promise((resolve) => call.once("status", resolve));
    call.on("error", () => {/* `ended` tells the same */});
    call.on("data", (item: T) => {
      this.items.push(item);
      this.#arrived.resolve();
      this.#arrived = Promise.withResolvers();
    });
  }

  /** Takes the first item that fits, those before it with it. */
  async next(fits: (item: T) => boolean = () => true): Promise<T> {
    for (;;) {
      const at = this.items.findIndex(fits);
      if (at >= 0) return this.items.splice(0, at + 1)[at] as T;
      await this.#arrived.promise;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.call.cancel();
    await this.ended;
  }
}
