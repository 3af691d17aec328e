/** One agent of this process as the server sees it: registered, heard of, reading its queue. */
import type { MessageBus } from "../../shared/bus/bus.ts";
import { ParleyError } from "../../shared/error.ts";
import type { Command } from "../../shared/grpc/gen/agent_registration.ts";
import { logOf } from "../../shared/log.ts";
import { atMost } from "../../shared/pause.ts";
import { openAgentBus } from "../agent_bus.ts";
import { withoutRunning } from "../command/frames.ts";
import { resultOf } from "../command/told.ts";
import { Connection } from "../connection.ts";
import { ServerCalls } from "../server_calls.ts";
import type { TaskClient } from "../task/client.ts";
import type { AgentMessage } from "./agent_message.ts";
import type { Registration, SignOfLife } from "./backend.ts";
import type { Settings } from "./options.ts";
import { cancellationOf } from "./task_message.ts";

const log = logOf("agent", "coordination");

/** How long a server that is away is waited for, in milliseconds. */
const REGISTER_MS = 5_000;

export class ServerPresence implements AsyncDisposable {
  readonly #connection: Connection;
  readonly #calls: ServerCalls;
  /** What the server wants stopped: told as the supervisors without a server tell it. */
  readonly told: AgentMessage[] = [];
  #bus: MessageBus | undefined;
  #sign: SignOfLife = {};
  #isPaused = false;
  #closed: Promise<void> | undefined;

  private constructor(readonly agent: Registration, server: string, settings: Settings) {
    const { agentId, agentName, agentRole, capabilities, maxConcurrentTasks = 1 } = agent;
    this.#connection = new Connection({
      server,
      profile: {
        id: agentId,
        name: agentName ?? agentId,
        role: agentRole,
        capabilities,
        maxConcurrent: maxConcurrentTasks,
        version: "",
      },
      heartbeatIntervalS: settings.heartbeatIntervalMs / 1_000,
      health: () => this.#health(),
      onCommand: (command) => this.#obey(command),
      commandIds: () => [],
      onOpening: () => this.#isPaused = false,
    });
    this.#calls = new ServerCalls(server, this.#connection);
  }

  /** Registers an agent. Throws `unavailable` when the server does not answer in time, or what it refuses with. */
  static async open(agent: Registration, server: string, settings: Settings): Promise<ServerPresence> {
    const presence = new ServerPresence(agent, server, settings);
    try {
      await presence.#begin(server, settings);
      return presence;
    } catch (thrown) {
      await presence[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  get bus(): MessageBus {
    return this.#bus!;
  }

  /** Asks for tasks as this agent. */
  get tasks(): TaskClient {
    return this.#calls.tasks;
  }

  /** Has the server told how the agent is. */
  change(sign: SignOfLife): void {
    this.#sign = { ...this.#sign, ...sign };
    this.#connection.change();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #begin(server: string, settings: Settings): Promise<void> {
    const connection = this.#connection;
    const registering = connection.register();
    registering.catch(() => {});
    if (!await atMost(REGISTER_MS, registering)) {
      throw new ParleyError("unavailable", `The server at ${server} does not answer. Is it running?`);
    }
    const { busUrl, maxRetries } = settings;
    const identity = () => connection.identity;
    this.#bus = await openAgentBus(busUrl, { server, identity, channel: connection.channel, maxRetries });
    connection.stay().catch((error) =>
      log.error("The agent {agentId} is not registered any more: {reason}", {
        agentId: this.agent.agentId,
        reason: ParleyError.from(error).message,
      })
    );
  }

  #health() {
    const { status = "idle", currentTasks = 0 } = this.#sign;
    return {
      status: this.#isPaused ? "paused" : status,
      metrics: { current_tasks: String(currentTasks) },
    };
  }

  #obey({ type, parameters, commandId }: Command): void {
    if (type === "pause" || type === "resume") this.#isPaused = type === "pause";
    else if (type === "stop_task") this.told.push(this.#cancellation(parameters));
    else if (commandId) void this.#refuse(commandId);
  }

  #cancellation({ task_id: taskId = "", attempt }: Record<string, string>): AgentMessage {
    return cancellationOf({ taskId, attempt: Number(attempt) }, { from: "server", to: this.agent.agentId });
  }

  async #refuse(commandId: string): Promise<void> {
    const { agentId } = this.agent;
    const outcome = withoutRunning("failed", "unsupported_type", "This agent carries out no commands.");
    const result = { ...resultOf(commandId, outcome, 0), agentId };
    await this.#calls.sendResult(result)
      .catch((error) => log.debug("A refusal was not told: {error}", { error }));
  }

  async #close(): Promise<void> {
    await this.#connection.leave();
    await this.#bus?.[Symbol.asyncDispose]();
    await this.#connection.unregister();
    this.#connection.close();
  }
}
