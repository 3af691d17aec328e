/** The agent that people write theirs with: connected, answering, and ending without losing a request. */
import { getConfig } from "@logtape/logtape";
import { ParleyError } from "../shared/error.ts";
import { logOf, setUpLog } from "../shared/log.ts";
import { atMost } from "../shared/pause.ts";
import { untilSignal } from "../shared/shutdown.ts";
import { type AgentOptions, filled, type FilledOptions } from "./agent_options.ts";
import { Commands } from "./command/commands.ts";
import { RUN_TYPES } from "./command/frames.ts";
import { CommandFunctions, type CommandHandler, type CommandSchema } from "./command/functions.ts";
import { allowsAny, RunnerClient } from "./command/runner_client.ts";
import { Connection, type Health } from "./connection.ts";
import type { MessageHandler, ReplyHandler } from "./context.ts";
import { AgentControl } from "./control.ts";
import { healthOf } from "./health.ts";
import { presented } from "./offer.ts";
import { type MessageHandlers, QueueReader } from "./queue_reader.ts";
import { ServerCalls } from "./server_calls.ts";
import { announced } from "./task/announced.ts";
import type { TaskClient } from "./task/client.ts";
import type { AnyParameters, TaskHandler, TaskHandlerOptions } from "./task/context.ts";
import { TaskHandlers } from "./task/handlers.ts";
import { Tasks } from "./task/tasks.ts";
import type { TaskRequested } from "./task/wire.ts";

const log = logOf("agent");

/** How long tasks in progress may take to be finished when the agent ends, in milliseconds. */
const TASKS_GRACE_MS = 10_000;
/** How long commands may take to be ended and reported when the agent ends, in milliseconds. */
const COMMANDS_GRACE_MS = 5_000;

/**
 * Answers what people and other agents ask.
 *
 * @example
 * const agent = new Agent({ name: "Shout" });
 * agent.onMessage(({ text }) => text.toUpperCase());
 * await agent.run();
 */
export class Agent implements AsyncDisposable {
  readonly #options: FilledOptions;
  readonly #connection: Connection;
  readonly #calls: ServerCalls;
  readonly #queue: QueueReader;
  readonly #functions = new CommandFunctions();
  readonly #commands: Commands;
  readonly #control: AgentControl;
  readonly #taskHandlers: TaskHandlers;
  readonly #tasks: Tasks;
  readonly #startedAtMs = Date.now();
  readonly #closed = Promise.withResolvers<void>();
  readonly #handlers: MessageHandlers = { onMessage: () => {}, onReply: undefined };
  #stopping: Promise<void> | undefined;

  constructor(options: AgentOptions) {
    this.#options = filled(options);
    const { name, id, preferredId, role, capabilities, maxConcurrent, version } = this.#options;
    const { server, heartbeatIntervalS } = this.#options;
    this.#connection = new Connection({
      server,
      profile: { name, id, preferredId, role, capabilities, maxConcurrent, version },
      heartbeatIntervalS,
      health: () => this.#health(),
      onCommand: (command) => this.#commands.receive(command),
      commandIds: () => this.#commands.ids,
      onOpening: () => this.#control.reset(),
    });
    this.#calls = new ServerCalls(server, this.#connection);
    this.#queue = new QueueReader({ ...this.#options, connection: this.#connection, calls: this.#calls });
    this.#control = new AgentControl({
      stopReply: (ids) => this.#queue.stopReply(ids),
      onShutdown: () => void this.stop(),
      onChange: () => this.#connection.change(),
    });
    this.#commands = new Commands({
      agentId: () => this.id,
      control: (command) => this.#control.obey(command),
      functions: this.#functions,
      openReports: this.#calls.openReports,
      sendResult: (result) => this.#calls.sendResult(result),
      onChange: () => this.#connection.change(),
      onGone: (error) => this.#gone(error),
    });
    this.#taskHandlers = new TaskHandlers(options.maxConcurrent);
    this.#tasks = new Tasks({
      handlers: this.#taskHandlers,
      open: this.#calls.openWork,
      run: (subtask, parentTaskId, signal) =>
        this.#runSubtask({ ...subtask, parent_task_id: parentTaskId }, signal),
      onChange: () => this.#connection.change(),
    });
    this.#closed.promise.catch(() => {});
  }

  /** Gives the agent's id. Throws `not_registered` before `start()` has resolved. */
  get id(): string {
    return this.#connection.identity.id;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Resolves when the agent has ended. Rejects when the server does not take it back after an outage. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Answers each `TEXT` with `handler`. One handler an agent; call before `start()`. */
  onMessage(handler: MessageHandler): this {
    this.#handlers.onMessage = handler;
    return this;
  }

  /** Hears the `REPLY`s and `ERROR`s that come for this agent. They are acknowledged when `handler` ends. */
  onReply(handler: ReplyHandler): this {
    this.#handlers.onReply = handler;
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
   * Works on tasks of type `taskType` with `handler`. One handler a type; call before `start()`. With `parameters`, a
   * schema of zod, people are shown a form for them, and what does not fit never comes to the handler. Throws `conflict`
   * when the type has a handler, and `invalid_message` for what is no type.
   *
   * @example
   * const parameters = z.object({ width: z.int().min(1) });
   * agent.onTask("resize", { capabilities: ["images"], maxConcurrent: 2, parameters }, async (task) => {
   *   task.progress(0.5, "half of it");
   *   return await resize(task.parameters.width, task.signal);
   * });
   */
  onTask<Parameters = AnyParameters>(
    taskType: string,
    options: TaskHandlerOptions<Parameters>,
    handler: TaskHandler<Parameters>,
  ): this;
  onTask(taskType: string, handler: TaskHandler): this;
  onTask(taskType: string, given: TaskHandlerOptions | TaskHandler, handler?: TaskHandler): this {
    const entry = typeof given === "function" ? { handler: given } : { ...given, handler: handler! };
    this.#taskHandlers.add(taskType, entry);
    return this;
  }

  /** Asks for tasks, and hears what becomes of them; once the agent has started. */
  get tasks(): TaskClient {
    return this.#calls.tasks;
  }

  /** Registers and begins to answer; waits for a server that is away. Throws when the server refuses the agent. */
  async start(): Promise<void> {
    try {
      await this.#present();
      await this.#connection.register();
      await this.#queue.start(this.#handlers);
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

  /** Starts the runner where programs may run, and says what the agent carries out and takes, so that it is found. */
  async #present(): Promise<void> {
    const { commands: given, capabilities } = this.#options;
    const runner = given instanceof RunnerClient
      ? given
      : allowsAny(given)
      ? await RunnerClient.start(given)
      : undefined;
    if (runner) this.#commands.use(runner);
    const commandTypes = [...runner ? RUN_TYPES : [], ...this.#functions.names];
    const attributes = await announced(this.#taskHandlers.described);
    this.#connection.present(
      presented({ capabilities, commandTypes, attributes, tasks: this.#taskHandlers }),
    );
  }

  async #runSubtask(asked: TaskRequested, signal: AbortSignal): Promise<unknown> {
    return await this.tasks.result(await this.tasks.submit(asked), signal);
  }

  #health(): Health {
    return healthOf({
      ...this.#queue.figures,
      isPaused: this.#control.isPaused,
      maxConcurrent: this.#options.maxConcurrent,
      commandsRunning: this.#commands.running,
      tasksRunning: this.#tasks.running,
      upMs: Date.now() - this.#startedAtMs,
      memoryBytes: Deno.memoryUsage().rss,
    });
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
    if (!await atMost(TASKS_GRACE_MS, this.#tasks.end())) this.#tasks.giveBack();
    await atMost(COMMANDS_GRACE_MS, this.#commands.end());
    await this.#connection.leave();
    await this.#queue.close();
    await this.#commands.close();
    this.#tasks.close();
    await this.#connection.unregister();
    this.#connection.close();
  }
}
