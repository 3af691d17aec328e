/** What an agent asks of its server once it is registered: streams for what it tells, and calls beside them. */
import type { Metadata } from "@grpc/grpc-js";
import { dialCredentials, peerMetadata, type SharedChannel, unary } from "../shared/grpc/channel.ts";
import {
  AgentRegistrationServiceClient,
  type CommandReport,
  type CommandResult,
  type CommandResultResponse,
} from "../shared/grpc/gen/agent_registration.ts";
import {
  type ConversationMessage,
  ConversationServiceClient,
  type ListMessagesResponse,
  ReplyServiceClient,
  type SendChunksRequest,
} from "../shared/grpc/gen/conversation.ts";
import { TaskServiceClient, type WorkRequest } from "../shared/grpc/gen/task.ts";
import type { OpenStream } from "./lasting_stream.ts";
import type { Identity } from "./registration.ts";
import { TaskClient } from "./task/client.ts";

/** Who calls, and by which channel. */
export interface Caller {
  readonly channel: SharedChannel;
  readonly isRegistered: boolean;
  /** Throws `not_registered` before the first registration. */
  readonly identity: Identity;
}

/** Makes the calls that need a registration; a stream is not opened before there is one, all else throws `not_registered`. */
export class ServerCalls {
  readonly #agents: AgentRegistrationServiceClient;
  readonly #replies: ReplyServiceClient;
  readonly #conversations: ConversationServiceClient;
  readonly #tasks: TaskServiceClient;
  /** Asks for tasks. */
  readonly tasks: TaskClient;

  /** `server`: its `host:port`. The channel is the caller's, who closes it. */
  constructor(server: string, private readonly caller: Caller) {
    const sameChannel = { channelOverride: caller.channel };
    this.#agents = new AgentRegistrationServiceClient(server, dialCredentials(), sameChannel);
    this.#replies = new ReplyServiceClient(server, dialCredentials(), sameChannel);
    this.#conversations = new ConversationServiceClient(server, dialCredentials(), sameChannel);
    this.#tasks = new TaskServiceClient(server, dialCredentials(), sameChannel);
    this.tasks = new TaskClient({ client: this.#tasks, metadata: () => this.#metadata() });
  }

  /** Opens the stream that pieces of replies go by. */
  readonly openReplies: OpenStream<SendChunksRequest> = (over) =>
    this.#ifRegistered((metadata) => this.#replies.sendChunks(metadata, (error) => over(error)));

  /** Opens the stream that tells what happens to commands before their results. */
  readonly openReports: OpenStream<CommandReport> = (over) =>
    this.#ifRegistered((metadata) => this.#agents.reportCommands(metadata, (error) => over(error)));

  /** Opens the stream that tasks come by. */
  readonly openWork: OpenStream<WorkRequest> = (over) =>
    this.#ifRegistered((metadata) => {
      const stream = this.#tasks.work(metadata);
      stream.on("end", () => over(null));
      return stream as unknown as ReturnType<OpenStream<WorkRequest>>;
    });

  /** Sends the result of a command. Throws what the server does not take it with; sending it again is safe. */
  async sendResult(result: CommandResult): Promise<void> {
    await unary<CommandResultResponse>(
      (metadata, options, done) => this.#agents.sendCommandResult(result, metadata, options, done),
      { metadata: this.#metadata() },
    );
  }

  /** Lists the messages of a conversation before one of them, oldest first. Throws what the server refuses with. */
  async messagesBefore(
    messageId: string,
    { conversationId, limit }: { conversationId: string; limit: number },
  ): Promise<ConversationMessage[]> {
    const request = { conversationId, limit, beforeMessageId: messageId };
    const { messages } = await unary<ListMessagesResponse>(
      (metadata, options, done) => this.#conversations.listMessages(request, metadata, options, done),
      { metadata: this.#metadata() },
    );
    return messages;
  }

  #ifRegistered<Stream>(open: (metadata: Metadata) => Stream): Stream | undefined {
    return this.caller.isRegistered ? open(this.#metadata()) : undefined;
  }

  #metadata(): Metadata {
    return peerMetadata(this.caller.identity);
  }
}
