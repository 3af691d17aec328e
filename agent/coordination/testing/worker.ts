/** Agents for tests: what they are given, they tell, and they answer what the test says. */
import { AgentRegistry } from "../agent_registry.ts";
import type { AgentMessage } from "../agent_message.ts";
import { MessageQueueManager } from "../message_queue_manager.ts";
import type { CoordinationOptions } from "../options.ts";
import { taskRequestOf, type TaskResponse, taskResponseTo } from "../task_message.ts";
import { AgentRole, MessageType } from "../vocabulary.ts";

/** An agent that has registered, and answers when the test has it do so. */
export class TestWorker implements AsyncDisposable {
  readonly registry: AgentRegistry;
  readonly queue: MessageQueueManager;

  private constructor(readonly agentId: string, options: CoordinationOptions) {
    this.registry = new AgentRegistry(options);
    this.queue = new MessageQueueManager(options);
  }

  static async open(
    agentId: string,
    options: CoordinationOptions,
    { capabilities = ["python"], maxConcurrentTasks = 1 }: {
      capabilities?: string[];
      maxConcurrentTasks?: number;
    } = {},
  ): Promise<TestWorker> {
    const worker = new TestWorker(agentId, options);
    const agentRole = AgentRole.WORKER;
    await worker.registry.registerAgent({ agentId, agentRole, capabilities, maxConcurrentTasks });
    return worker;
  }

  /** Waits for the next task. */
  async next(): Promise<AgentMessage> {
    const types = [MessageType.TASK_REQUEST];
    const [message] = await this.queue.getMessages(this.agentId, { limit: 1, types, blockMs: 60_000 });
    if (!message) throw new Error(`${this.agentId} was given nothing in time.`);
    return message;
  }

  /** Tells what came of a task, and finishes its message. */
  async answer(
    message: AgentMessage,
    response: Pick<TaskResponse, "status"> & Partial<TaskResponse>,
  ): Promise<void> {
    await this.queue.sendMessage(taskResponseTo(message, this.agentId, response));
    await this.queue.markProcessed(message.messageId, this.agentId);
  }

  /** Completes the next task with what it was about, and tells its id. */
  async complete(result: unknown = "done"): Promise<string> {
    const message = await this.next();
    await this.answer(message, { status: "completed", result });
    return taskRequestOf(message).taskId;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.queue[Symbol.asyncDispose]();
    await this.registry[Symbol.asyncDispose]();
  }
}
