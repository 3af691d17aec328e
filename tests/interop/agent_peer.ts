// A stranger's agent: it knows the protocol's gRPC services and queues, and nothing of our code.

import { GrpcPeer, ServerStream } from "./grpc_peer.ts";
import { Inbox } from "./inbox.ts";
import { type Message, replyTo } from "./message.ts";
import { type QueueMessage, Queues } from "./queues.ts";

/** Says what the agent publishes for a question; the default repeats the question. */
export type Answer = (question: Message, agentId: string) => Message[] | Promise<Message[]>;

/** Says how to reach the system under test. */
export interface Addresses {
  grpc: string;
  amqp: string;
}

export interface AgentPeerOptions {
  name: string;
  id?: string;
  answer?: Answer;
}

interface Registration {
  success: boolean;
  message: string;
  server_assigned_id: string;
}

/** Registers over gRPC, holds `ReceiveCommands`, reads its queue and answers into `broker_input_queue`. */
export class AgentPeer implements AsyncDisposable {
  /** Keeps what arrived in `agent_queue_<id>`. */
  readonly received: Inbox<QueueMessage>;

  private constructor(
    readonly id: string,
    readonly registration: Registration,
    readonly grpc: GrpcPeer,
    readonly queues: Queues,
    readonly commands: ServerStream<object>,
  ) {
    this.received = new Inbox(`agent_queue_${id}`);
  }

  /** Resolves once the server has the agent's command stream and RabbitMQ its reader. */
  static async join(addresses: Addresses, options: AgentPeerOptions): Promise<AgentPeer> {
    const grpc = new GrpcPeer(addresses.grpc);
    const registration = await register(grpc, options.name, options.id);
    const id = registration.server_assigned_id;
    const queues = await Queues.open(addresses.amqp);
    const commands = grpc.stream<object>("ReceiveCommands", { agent_id: id });
    const agent = new AgentPeer(id, registration, grpc, queues, commands);
    await agent.heartbeat("active");
    await agent.#listen(options.answer ?? echo);
    return agent;
  }

  /** Resolves with the seconds until the next heartbeat is due. On one connection it overtakes nothing sent before. */
  async heartbeat(status: string, metrics: Record<string, string> = {}): Promise<number> {
    const request = { agent_id: this.id, status, metrics };
    const { success, interval } = await this.grpc.call<{ success: boolean; interval: number }>(
      "SendHeartbeat",
      request,
    );
    if (!success) throw new Error(`the heartbeat of ${this.id} was not taken`);
    return interval;
  }

  /** Takes the question with this id from what arrived. */
  asked(messageId: string): Promise<QueueMessage> {
    return this.received.take(`question ${messageId}`, ({ message }) => message.message_id === messageId);
  }

  async #listen(answer: Answer): Promise<void> {
    await this.queues.declare("broker_input_queue");
    await this.queues.read(`agent_queue_${this.id}`, async (received) => {
      this.received.push(received);
      if (received.message.message_type.toUpperCase() !== "TEXT") return;
      for (const reply of await answer(received.message, this.id)) {
        await this.queues.write("broker_input_queue", reply);
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.commands[Symbol.asyncDispose]();
    await this.queues[Symbol.asyncDispose]();
    this.grpc[Symbol.dispose]();
  }
}

/** Calls `RegisterAgent` with every field that the protocol fixes; without `id` the server makes one. */
export function register(grpc: GrpcPeer, name: string, id = ""): Promise<Registration> {
  return grpc.call<Registration>("RegisterAgent", {
    agent_id: id,
    agent_name: name,
    version: "1.0.0",
    capabilities: { chat: "true" },
    hostname: "interop.example",
    platform: "stranger",
  });
}

function echo(question: Message, agentId: string): Message[] {
  return [replyTo(question, agentId, `heard: ${question.text_payload}`)];
}
