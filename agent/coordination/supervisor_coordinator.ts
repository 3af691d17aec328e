/** Hands tasks to agents and hears what came of them: the documents' `SupervisorCoordinator`. */
import { ParleyError, retryable } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { isTaskEnded, type TaskRecord } from "../../shared/model/task.ts";
import { pause, reconnectPauseMs } from "../../shared/pause.ts";
import { AgentMessage } from "./agent_message.ts";
import { AgentRegistry } from "./agent_registry.ts";
import type { Scheduler } from "./backend.ts";
import { type CoordinationStats, coordinationStatsOf } from "./coordination_stats.ts";
import { Endings, type ResultCallback } from "./endings.ts";
import { type IncomingOptions, processIncoming, UNDERSTOOD } from "./incoming.ts";
import { MessageQueueManager } from "./message_queue_manager.ts";
import type { CoordinationOptions } from "./options.ts";
import { Part } from "./part.ts";
import { type AssignedTask, newTaskOf, type TaskAssignment } from "./task_assignment.ts";
import { responseOfTask, type TaskResponse } from "./task_message.ts";
import type { MessagePriority } from "./vocabulary.ts";

const log = logOf("agent", "coordination");

const BATCH = 100;
/** What one call of `processIncomingMessages` works off at most, so that it ends also where more comes all the time. */
const MOST_AT_ONCE = 1_000;
const LONGEST_WAIT_MS = 30_000;

export interface CoordinatorOptions extends CoordinationOptions {
  /**
   * Gets the messages that are not about the coordinator's own tasks or an agent's status. What it throws gives the
   * message back. Without it they stay in the queue for `queueManager.getMessages`. It must not wait for a result: no
   * other message is processed meanwhile.
   */
  onMessage?: ((message: AgentMessage) => Promise<void> | void) | undefined;
}

interface Opened {
  scheduler: Scheduler;
  incoming: IncomingOptions;
  /** Ends the listening for changes of the roster. */
  listening: Disposable;
}

/**
 * A supervisor: finds an agent for each task, gives it to another when that one fails or falls silent, and tells what
 * came of it. Call `processIncomingMessages()` from time to time, or have `run()` do it.
 *
 * @example
 * await using coordinator = new SupervisorCoordinator("supervisor-001", { useMock: true });
 * const task = await coordinator.assignTask({
 *   taskType: "api_development",
 *   description: "Create user authentication API",
 *   requiredCapabilities: ["python", "api_development"],
 *   priority: MessagePriority.HIGH,
 * });
 * const { status, result } = await task.result();
 */
export class SupervisorCoordinator implements AsyncDisposable {
  readonly agentRegistry: AgentRegistry;
  readonly queueManager: MessageQueueManager;
  readonly #part: Part;
  readonly #endings = new Endings();
  readonly #closing = new AbortController();
  #opened: Promise<Opened> | undefined;
  /** Ends the waiting for messages: there is something else to do. */
  #wake = new AbortController();
  /** How long may be waited for messages before something else is due, in milliseconds. */
  #patienceMs = 0;
  #turn: Promise<unknown> = Promise.resolve();
  /** Those for whose sake messages are processed without anybody asking. */
  #waiters = 0;
  #driving: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(readonly supervisorId: string, private readonly options: CoordinatorOptions = {}) {
    this.agentRegistry = new AgentRegistry(options);
    this.queueManager = new MessageQueueManager(options);
    this.#part = new Part(options);
  }

  /**
   * Assigns a task to the best agent; it waits while nobody can take it. `onResult` is called once, when it has ended.
   * Throws `invalid_message`, `conflict` or `too_large` for what cannot be assigned, `not_found` for a parent that nobody
   * knows, and `unavailable` when it was not accepted.
   */
  async assignTask(assignment: TaskAssignment, onResult?: ResultCallback): Promise<AssignedTask> {
    const newTask = newTaskOf(assignment);
    const { scheduler } = await this.#open();
    const { task_id: taskId } = await scheduler.submit(newTask);
    if (onResult) this.#endings.call(taskId, onResult);
    await this.#tellIfEnded(taskId);
    this.#awake();
    return { taskId, result: () => this.resultOf(taskId) };
  }

  /** Resolves with what came of a task; see `AssignedTask`. Rejects with `not_found` for a task that is not known here. */
  async resultOf(taskId: string): Promise<TaskResponse> {
    const ended = this.#endings.wait(taskId);
    if (!await this.#tellIfEnded(taskId)) {
      this.#endings.forget(taskId);
      throw new ParleyError("not_found", `There is no task ${taskId} of ${this.supervisorId}.`);
    }
    return await this.#whileDriven(() => ended);
  }

  /** Tells how a task is now; undefined when it is not known here. */
  async getTask(taskId: string): Promise<TaskResponse | undefined> {
    const task = await (await this.#open()).scheduler.find(taskId);
    return task && responseOfTask(task);
  }

  /**
   * Cancels a task; its agent is asked to leave off. Throws `not_found`, `conflict` when it has ended, and `unavailable`
   * when that is not stored.
   */
  async cancelTask(taskId: string): Promise<void> {
    await (await this.#open()).scheduler.cancel(taskId);
  }

  /**
   * Works off what has come, and does what is due: gives waiting tasks to agents that are free, and those of agents that
   * are gone to others. Gives how many messages were processed. Throws `unavailable` when the queue cannot be reached.
   */
  async processIncomingMessages(): Promise<number> {
    this.#awake();
    return await this.#inTurn(() => this.#step());
  }

  /**
   * Processes messages until `signal` aborts or the coordinator is disposed of; comes back by itself after an outage.
   * Throws for options that never lead anywhere.
   */
  async run(signal?: AbortSignal): Promise<void> {
    const end = AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]);
    await this.#open().catch((thrown) => {
      if (!(thrown instanceof ParleyError) || !retryable(thrown.code)) throw thrown;
    });
    if (end.aborted) return;
    await this.#whileDriven(() =>
      new Promise<void>((resolve) => end.addEventListener("abort", () => resolve(), { once: true }))
    );
  }

  /** Sends a message to each agent that is online. Tells whether there was any. Throws `unavailable` as `sendMessage` does. */
  async broadcastMessage(
    messageType: string,
    content: Record<string, unknown>,
    { priority }: { priority?: MessagePriority } = {},
  ): Promise<boolean> {
    const fromAgent = this.supervisorId;
    return await this.queueManager.sendMessage(
      new AgentMessage({ fromAgent, messageType, content, priority }),
    );
  }

  /** Gives the figures of this supervisor's tasks, of the roster and of the queues. */
  async getCoordinationStats(): Promise<CoordinationStats> {
    const { scheduler } = await this.#open();
    const registry = await this.agentRegistry.getRegistryStats();
    const queue = await this.queueManager.getQueueStats();
    return coordinationStatsOf(this.supervisorId, scheduler.figures, { registry, queue });
  }

  /** Tells whether messages and the roster can be reached now. */
  isConnected(): Promise<boolean> {
    return this.queueManager.isConnected();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= this.#close();
  }

  #open(): Promise<Opened> {
    return this.#opened ??= this.#openNow().catch((thrown) => {
      this.#opened = undefined;
      throw thrown;
    });
  }

  async #openNow(): Promise<Opened> {
    const hold = await this.#part.open();
    const { backend: { directory, openScheduler }, settings } = hold;
    const { supervisorId, queueManager, options: { onMessage } } = this;
    const onEnded = (task: TaskRecord) => this.#endings.end(responseOfTask(task));
    const scheduler = await openScheduler({ supervisorId, settings, onEnded });
    const listening = directory.onChange(() => this.#awake());
    return {
      scheduler,
      listening,
      incoming: { supervisorId, scheduler, directory, queueManager, onMessage },
    };
  }

  /** Tells those who wait for a task that had ended before they asked. Tells whether there is such a task. */
  async #tellIfEnded(taskId: string): Promise<boolean> {
    const response = await this.getTask(taskId);
    if (response && isTaskEnded(response.status)) this.#endings.end(response);
    return response !== undefined;
  }

  /** Has messages processed while `work` goes on. */
  async #whileDriven<T>(work: () => Promise<T>): Promise<T> {
    this.#waiters += 1;
    this.#driving ??= this.#drive();
    try {
      return await work();
    } finally {
      if (--this.#waiters === 0) this.#awake();
    }
  }

  async #drive(): Promise<void> {
    for (let failures = 0; this.#waiters > 0 && !this.#closing.signal.aborted;) {
      try {
        await this.#inTurn(() => this.#waitAndStep());
        failures = 0;
      } catch (thrown) {
        const { message: reason } = ParleyError.from(thrown);
        log.warning("The coordinator waits for its queue: {reason}", { reason });
        await pause(reconnectPauseMs(++failures), this.#closing.signal);
      }
    }
    this.#driving = undefined;
  }

  /** One after another: two at once would process the same task's messages in no order. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Waits for messages until something is due or has changed, and processes what there is. */
  async #waitAndStep(): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, this.#wake.signal]);
    await this.#step({ blockMs: this.#patienceMs, signal });
  }

  async #step(waiting: { blockMs?: number; signal?: AbortSignal } = {}): Promise<number> {
    if (this.#closing.signal.aborted) return 0;
    const { scheduler, incoming } = await this.#open();
    const types = this.options.onMessage ? undefined : UNDERSTOOD;
    let processed = 0;
    let messages = await this.#receive({ types, ...waiting });
    while (messages.length > 0) {
      await processIncoming(messages, incoming);
      processed += messages.length;
      messages = processed < MOST_AT_ONCE ? await this.#receive({ types }) : [];
    }
    // What happens from here on is seen the next time.
    this.#wake = new AbortController();
    this.#patienceMs = Math.min(LONGEST_WAIT_MS, await scheduler.attend());
    return processed;
  }

  #receive(options: { types: readonly string[] | undefined; blockMs?: number; signal?: AbortSignal }) {
    return this.queueManager.getMessages(this.supervisorId, { limit: BATCH, ...options });
  }

  #awake(): void {
    this.#wake.abort();
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#awake();
    await this.#turn;
    await this.#driving;
    this.#endings.abandon();
    const opened = await this.#opened?.catch(() => undefined);
    opened?.listening[Symbol.dispose]();
    await opened?.scheduler[Symbol.asyncDispose]();
    await this.queueManager[Symbol.asyncDispose]();
    await this.agentRegistry[Symbol.asyncDispose]();
    await this.#part[Symbol.asyncDispose]();
  }
}
