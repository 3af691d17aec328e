/** An agent of the demo: it works for a moment on what it is given, and may fall over in the middle of it. */
import {
  AgentMessage,
  AgentRegistry,
  AgentRole,
  type CoordinationOptions,
  MessageQueueManager,
  MessageType,
  taskRequestOf,
  taskResponseTo,
} from "../../agent/coordination/mod.ts";
import { pause } from "../../shared/pause.ts";
import type { Screen } from "./screen.ts";

/** As long as an agent works on a task, it is heard of this often, in milliseconds. */
const SIGN_MS = 200;

export interface DemoAgent {
  agentId: string;
  agentRole: AgentRole;
  capabilities: string[];
  maxConcurrentTasks: number;
}

export class DemoWorker implements AsyncDisposable {
  readonly #registry: AgentRegistry;
  readonly #queue: MessageQueueManager;
  readonly #stopping = new AbortController();
  #listening: Promise<void> | undefined;

  /** `workMs`: how long it takes for a task. */
  constructor(
    readonly agent: DemoAgent,
    options: CoordinationOptions,
    private readonly show: { screen: Screen; workMs: number },
  ) {
    this.#registry = new AgentRegistry(options);
    this.#queue = new MessageQueueManager(options);
  }

  /** Registers, and works from then on. */
  async start(): Promise<void> {
    await this.#registry.registerAgent(this.agent);
    this.#listening = this.#listen();
  }

  /** Takes its first task, begins with it, and then is not heard of any more. Resolves when it has begun. */
  async startAndFall(): Promise<void> {
    await this.#registry.registerAgent(this.agent);
    const fell = Promise.withResolvers<void>();
    this.#listening = this.#fallOver(fell.resolve);
    await fell.promise;
  }

  /** Sends a message to another agent. */
  async tell(toAgent: string, text: string): Promise<void> {
    const { agentId: fromAgent } = this.agent;
    const messageType = MessageType.COORDINATION;
    await this.#queue.sendMessage(
      new AgentMessage({ fromAgent, toAgent, messageType, content: { text } }),
    );
    this.#say(`to ${toAgent}: "${text}"`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#listening;
    await this.#queue[Symbol.asyncDispose]();
    await this.#registry[Symbol.asyncDispose]();
  }

  async #listen(): Promise<void> {
    const { agentId } = this.agent;
    for await (const message of this.#queue.messages(agentId, { signal: this.#stopping.signal })) {
      if (message.messageType === MessageType.TASK_REQUEST) await this.#work(message);
      else this.#say(`heard from ${message.fromAgent}: "${message.content.text}"`);
    }
  }

  async #work(message: AgentMessage): Promise<void> {
    const { agentId } = this.agent;
    const { description, attempt = 1 } = taskRequestOf(message);
    this.#say(attempt > 1 ? `takes over (attempt ${attempt}): ${description}` : `begins: ${description}`);
    const halfMs = this.show.workMs / 2;
    await this.#pauseAlive(halfMs);
    await this.#queue.sendMessage(taskResponseTo(message, agentId, { status: "in_progress", progress: 0.5 }));
    await this.#pauseAlive(halfMs);
    const result = `${description}: done`;
    await this.#queue.sendMessage(taskResponseTo(message, agentId, { status: "completed", result }));
    await this.#registry.updateHeartbeat(agentId, { status: "idle", currentTasks: 0 });
    this.#say(`completed: ${description}`);
  }

  async #pauseAlive(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= SIGN_MS) {
      await this.#registry.updateHeartbeat(this.agent.agentId, { status: "busy", currentTasks: 1 });
      await pause(Math.min(SIGN_MS, leftMs), this.#stopping.signal);
    }
  }

  async #fallOver(onFall: () => void): Promise<void> {
    const { agentId } = this.agent;
    const types = [MessageType.TASK_REQUEST];
    const signal = this.#stopping.signal;
    const [message] = await this.#queue.getMessages(agentId, { limit: 1, types, blockMs: 30_000, signal });
    if (message) this.#say(`begins: ${taskRequestOf(message).description}`);
    this.#say("… and is gone, without a word");
    onFall();
  }

  #say(what: string): void {
    this.show.screen.say(this.agent.agentId, what);
  }
}
