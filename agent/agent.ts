/** The agent that people write theirs with: connected, answering, and ending without losing a request. */
import { getConfig } from "@logtape/logtape";
import { currentFileLog } from "../shared/audit/file_logging.ts";
import type { MessageBus, Subscription } from "../shared/bus/bus.ts";
import { ParleyError, retryable } from "../shared/error.ts";
import type { Command } from "../shared/grpc/gen/agent_registration.ts";
import { logOf, setUpLog } from "../shared/log.ts";
import type { Message } from "../shared/model/message.ts";
import { agentQueue, BROKER_INPUT_QUEUE } from "../shared/model/queue.ts";
import { NO_TASKS, TASK_TYPES_ATTRIBUTE } from "../shared/model/task.ts";
import { untilSignal } from "../shared/shutdown.ts";
import { envelopeOf } from "./answer.ts";
import { logged } from "./file_log.ts";
import { openAgentBus } from "./agent_bus.ts";
import type { AgentOptions } from "./agent_options.ts";
import { Commands } from "./command/commands.ts";
import { RUN_TYPES } from "./command/frames.ts";
import type { TaskClient, TaskRequested } from "./task/client.ts";
import type { TaskHandler, TaskHandlerOptions } from "./task/context.ts";
import { TaskHandlers } from "./task/handlers.ts";
import { Tasks } from "./task/tasks.ts";
import { CommandFunctions, type CommandHandler, type CommandSchema } from "./command/functions.ts";
import { allowsAny, RunnerClient } from "./command/runner_client.ts";
import { Connection, type Health } from "./connection.ts";
import type { MessageHandler } from "./context.ts";
import { healthOf } from "./health.ts";
import { readHistory } from "./history.ts";
import { Inbox } from "./inbox.ts";
import { atMost, pause, reconnectPauseMs } from "../shared/pause.ts";
import { ReplyStream } from "./reply_stream.ts";

const log = logOf("agent");

/** How long requests in flight may take to be finished when the agent ends, in milliseconds. */
const GRACE_MS = 10_000;
/** How long commands may take to be ended and reported when the agent ends, in milliseconds. */
const COMMANDS_GRACE_MS = 5_000;
/** The capability of an agent that carries out commands, whatever they are. */
const COMMANDS_CAPABILITY = "commands";

export type { AgentOptions };

type ReplyHandler = (message: Message) => Promise<void> | void;

/**
 * Answers what people and other agents ask.
 *
 * @example
 * const agent = new Agent({ name: "Shout" });
 * agent.onMessage(({ text }) => text.toUpperCase());
 * await agent.run();
 */
export class Agent implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #replies: ReplyStream;
  readonly #functions = new CommandFunctions();
  readonly #commands: Commands;
  readonly #taskHandlers: TaskHandlers;
  readonly #tasks: Tasks;
  readonly #ending = new AbortController();
  readonly #startedAtMs = Date.now();
  readonly #closed = Promise.withResolvers<void>();
  #handler: MessageHandler | undefined;
  #onReply: ReplyHandler | undefined;
  #inbox: Inbox | undefined;
  #bus: MessageBus | undefined;
  #subscription: Subscription | undefined;
  #stopping: Promise<void> | undefined;
  #paused = false;

  constructor(private readonly options: AgentOptions) {
    const { role = "assistant", capabilities = ["chat"], maxConcurrent = 8, version = "" } = options;
    const { name, id, preferredId, server = "localhost:50051", heartbeatIntervalS = 30 } = options;
    this.#connection = new Connection({
      server,
      profile: { name, id, preferredId, role, capabilities, maxConcurrent, version },
      heartbeatIntervalS,
      health: () => this.#health(),
      onCommand: (command) => this.#commands.receive(command),
      commandIds: () => this.#commands.ids,
      // Whether it is paused, the server says each time.
      onOpening: () => this.#paused = false,
    });
    this.#commands = new Commands({
      agentId: () => this.id,
      control: (command) => this.#control(command),
      functions: this.#functions,
      openReports: this.#connection.openReports,
      sendResult: (result) => this.#connection.sendResult(result),
      onChange: () => this.#connection.change(),
      onGone: (error) => this.#gone(error),
    });
    this.#taskHandlers = new TaskHandlers(options.maxConcurrent);
    this.#tasks = new Tasks({
      handlers: this.#taskHandlers,
      open: this.#connection.openWork,
      run: (subtask, parentTaskId, signal) =>
        this.#runSubtask({ ...subtask, parent_task_id: parentTaskId }, signal),
      onChange: () => this.#connection.change(),
    });
    this.#replies = new ReplyStream(this.#connection.openReplies);
    this.#closed.promise.catch(() => {});
  }

  /** Gives the agent's id. Throws `not_registered` before `start()` has resolved. */
  get id(): string {
    return this.#connection.identity.id;
  }

  get name(): string {
    return this.options.name;
  }

  /** Resolves when the agent has ended. Rejects when the server does not take it back after an outage. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Answers each `TEXT` with `handler`. One handler an agent; call before `start()`. */
  onMessage(handler: MessageHandler): this {
    this.#handler = handler;
    return this;
  }

  /** Hears the `REPLY`s and `ERROR`s that come for this agent. They are acknowledged when `handler` ends. */
  onReply(handler: ReplyHandler): this {
    this.#onReply = handler;
    return this;
  }

  /**
   * Carries out commands of type `name` with `handler`: what `schema` (of zod, or shaped like it) makes of the command's
   * JSON `content`, or of its parameters where there is no content. What is returned is the output. Call before
   * `start()`. Throws `conflict` when the name is taken or means something to every agent.
   *
   * @example
   * agent.onCommand("rotate-logs", z.object({ keep: z.number() }), async ({ keep }, { signal, output }) => {
   *   output("rotating…\n");
   *   return await rotate(keep, signal);
   * });
   */
  onCommand<T>(name: string, schema: CommandSchema<T>, handler: CommandHandler<T>): this {
    this.#functions.add(name, schema, handler);
    return this;
  }

  /**
   * Works on tasks of type `taskType` with `handler`. One handler a type; call before `start()`. Throws `conflict` when
   * the type has one, and `invalid_message` for what is no type.
   *
   * @example
   * agent.onTask("resize", { capabilities: ["images"], maxConcurrent: 2 }, async (task) => {
   *   task.progress(0.5, "half of it");
   *   return await resize(task.parameters, task.signal);
   * });
   */
  onTask(taskType: string, options: TaskHandlerOptions, handler: TaskHandler): this;
  onTask(taskType: string, handler: TaskHandler): this;
  onTask(taskType: string, given: TaskHandlerOptions | TaskHandler, handler?: TaskHandler): this {
    const entry = typeof given === "function" ? { handler: given } : { ...given, handler: handler! };
    this.#taskHandlers.add(taskType, entry);
    return this;
  }

  /** Asks for tasks, and hears what becomes of them; once the agent has started. */
  get tasks(): TaskClient {
    return this.#connection.tasks;
  }

  /** Registers and begins to answer; waits for a server that is away. Throws when the server refuses the agent. */
  async start(): Promise<void> {
    try {
      await this.#prepareCommands();
      this.#prepareTasks();
      await this.#connection.register();
      await this.#receive();
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
    this.#tasks.start();
    this.#connection.stay().catch((error) => this.#lost(error));
  }

  /**
   * Starts, answers until `end` resolves or the server says to end, then stops. Without `end` it is the whole of a
   * process: the log goes to the console if nobody set it up, and SIGINT or SIGTERM ends it.
   */
  async run(end?: Promise<unknown>): Promise<void> {
    if (!end && getConfig() === null) await setUpLog({ level: "info", format: "auto" });
    let asked = false;
    const started = this.start().catch((thrown) => {
      // Whoever ends an agent that still waits for its server has nothing to be told.
      if (!asked) throw thrown;
    });
    (end ?? untilSignal()).then(() => (asked = true, this.stop()));
    await started;
    await this.closed;
  }

  /** Goes offline at once, finishes what is in flight (10 s at most), and closes everything. */
  stop(): Promise<void> {
    return this.#stopping ??= this.#close().then(this.#closed.resolve, this.#closed.reject);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Starts the runner where programs may run, and says what the agent carries out, so that people find it. */
  async #prepareCommands(): Promise<void> {
    const { commands: given = {}, capabilities = ["chat"] } = this.options;
    const runner = given instanceof RunnerClient
      ? given
      : allowsAny(given)
      ? await RunnerClient.start(given)
      : undefined;
    if (runner) this.#commands.use(runner);
    const types = [...runner ? RUN_TYPES : [], ...this.#functions.names];
    if (types.length === 0) return;
    this.#connection.present({
      capabilities: [...new Set([...capabilities, COMMANDS_CAPABILITY])],
      attributes: { command_types: types.join(" ") },
    });
  }

  /** Says which tasks the agent takes, also that it takes none: nobody is to be given what it does not know. */
  #prepareTasks(): void {
    const { names, capabilities, mostAtOnce: maxConcurrent } = this.#taskHandlers;
    this.#connection.present({
      capabilities: [...new Set([...this.#connection.profile.capabilities, ...capabilities])],
      attributes: {
        ...this.#connection.profile.attributes,
        [TASK_TYPES_ATTRIBUTE]: names.length > 0 ? names.join(" ") : NO_TASKS,
      },
      maxConcurrent,
    });
  }

  async #runSubtask(asked: TaskRequested, signal: AbortSignal): Promise<unknown> {
    return await this.tasks.result(await this.tasks.submit(asked), signal);
  }

  async #receive(): Promise<void> {
    const { busUrl = "hub", server = "localhost:50051", maxConcurrent = 8, maxRetries = 3 } = this.options;
    const identity = () => this.#connection.identity;
    this.#bus = await openAgentBus(busUrl, {
      server,
      identity,
      channel: this.#connection.channel,
      maxRetries,
    });
    this.#inbox = this.#makeInbox(maxConcurrent);
    this.#subscription = await this.#bus.consume(agentQueue(this.id), this.#inbox.handle, {
      // More than are worked on: what is answered and only waits for the bus to have its answer keeps no other waiting.
      prefetch: Math.ceil(maxConcurrent * 1.5),
      graceMs: GRACE_MS + 1_000,
    });
  }

  #makeInbox(maxConcurrent: number): Inbox {
    const { id, name } = this;
    const work = {
      onMessage: this.#handler ?? (() => {}),
      publish: (message: Message) => this.#publish(message),
    };
    return new Inbox({
      ...logged(work, id, this.options.fileLog ?? currentFileLog()),
      maxConcurrent,
      agent: { id, name },
      replies: this.#replies,
      history: (messageId, page) =>
        readHistory(
          () => this.#connection.messagesBefore(messageId, page),
          page.conversationId,
          this.#ending.signal,
        ),
      onReply: this.#onReply,
      onChange: () => this.#connection.change(),
    });
  }

  /** Publishes until the bus has it: what was written once need not be written again because the bus was away. */
  async #publish(message: Message): Promise<void> {
    for (let failures = 1;; failures++) {
      try {
        return await this.#bus!.publish(BROKER_INPUT_QUEUE, envelopeOf(message));
      } catch (thrown) {
        const error = ParleyError.from(thrown);
        if (!retryable(error.code) || this.#ending.signal.aborted) throw error;
        if (failures === 1) log.warn("A reply has to wait for the bus: {reason}", { reason: error.message });
        await pause(reconnectPauseMs(failures), this.#ending.signal);
      }
    }
  }

  #health(): Health {
    return healthOf({
      ...this.#inbox?.figures,
      isPaused: this.#paused,
      maxConcurrent: this.options.maxConcurrent ?? 8,
      commandsRunning: this.#commands.running,
      tasksRunning: this.#tasks.running,
      upMs: Date.now() - this.#startedAtMs,
      memoryBytes: Deno.memoryUsage().rss,
    });
  }

  /** Carries out what is about the agent itself; undefined where a command is about something else. */
  #control({ type, parameters }: Command): string | undefined {
    switch (type.toLowerCase()) {
      case "stop_reply":
        return this.#stopReply(parameters);
      case "pause":
      case "resume":
        this.#paused = type.toLowerCase() === "pause";
        this.#connection.change();
        return this.#paused ? "paused" : "resumed";
      case "shutdown":
        queueMicrotask(() => void this.stop());
        return "ending";
    }
  }

  #stopReply({ message_id, in_reply_to_message_id }: Record<string, string>): string {
    if (this.#inbox?.stopReply([message_id, in_reply_to_message_id])) return "stopped";
    throw new ParleyError("not_found", "No such reply is being written here.");
  }

  #lost(error: unknown): void {
    log.error("The agent ends: {reason}", { reason: ParleyError.from(error).message });
    this.#closed.reject(error);
    void this.stop();
  }

  /** Ends in order, though for a fault: what was asked of it is finished and reported first. */
  #gone(error: ParleyError): void {
    log.error("The agent ends: {reason}", { reason: error.message });
    this.#stopping ??= this.#close().then(() => this.#closed.reject(error), this.#closed.reject);
  }

  async #close(): Promise<void> {
    log.info("{name} is ending", { name: this.name });
    // While it is online: what it has then others are given.
    if (!await atMost(GRACE_MS, this.#tasks.end())) this.#tasks.giveBack();
    await atMost(COMMANDS_GRACE_MS, this.#commands.end());
    await this.#connection.leave();
    const settled = this.#subscription?.[Symbol.asyncDispose]();
    if (!await atMost(GRACE_MS, this.#inbox?.idle() ?? Promise.resolve())) this.#inbox?.abandon();
    this.#ending.abort();
    await settled;
    await this.#bus?.[Symbol.asyncDispose]();
    this.#replies.close();
    await this.#commands.close();
    this.#tasks.close();
    await this.#connection.unregister();
    this.#connection.close();
  }
}
