/** What an agent is told when it is made. */
import type { FileLogger } from "../shared/audit/file_logger.ts";
import type { CommandRules, RunnerClient } from "./command/runner_client.ts";

export interface AgentOptions {
  /** Shown to people. */
  name: string;
  /** The id to have: 1–100 of `[A-Za-z0-9_.:-]`, in use by nobody else now. Without one the server assigns a new one. */
  id?: string | undefined;
  /** The id to have where `id` is not given and nobody has this one; else the server assigns a new one. */
  preferredId?: string | undefined;
  /** Describes the agent, such as `worker` or `researcher`; it grants nothing. Default `assistant`. */
  role?: string | undefined;
  /** What the agent can do, one word each, such as `chat`. Brokers choose by them. Default `["chat"]`. */
  capabilities?: readonly string[] | undefined;
  /**
   * How many requests are answered at once, and how many tasks of all types are worked on at once, 1–1000; default 8, and
   * as many tasks as the handlers take together.
   */
  maxConcurrent?: number | undefined;
  /** `host:port` of the server's gRPC; default `localhost:50051`. */
  server?: string | undefined;
  /** `hub` (default): through the server. `amqp://…` or `redis://…`: that service directly, when the server uses it too. */
  busUrl?: string | undefined;
  /** The agent's own version, shown to people. */
  version?: string | undefined;
  /** Seconds between heartbeats until the server says otherwise; default 30. */
  heartbeatIntervalS?: number | undefined;
  /** How often a request whose handling fails to end is delivered, where this process owns the queue; default 3. */
  maxRetries?: number | undefined;
  /**
   * What programs may run when somebody sends a command, or a runner that was started before. Default: none may. With
   * rules the process keeps its own permission to run programs; `await startOnlyRunner(rules)` gives that away.
   */
  commands?: CommandRules | RunnerClient | undefined;
  /** Where it is logged what the agent does; it stays open. Default: what `enableFileLogging` began, if anything. */
  fileLog?: FileLogger | undefined;
}

/** What an agent goes by: what it was told, and the defaults for the rest. */
export type FilledOptions = ReturnType<typeof filled>;

/** Puts the defaults in for what `options` leave out. */
export function filled(options: AgentOptions) {
  const { role = "assistant", capabilities = ["chat"], version = "", commands = {} } = options;
  const { server = "localhost:50051", busUrl = "hub" } = options;
  const { maxConcurrent = 8, heartbeatIntervalS = 30, maxRetries = 3 } = options;
  return {
    ...options,
    role,
    capabilities,
    version,
    commands,
    server,
    busUrl,
    maxConcurrent,
    heartbeatIntervalS,
    maxRetries,
  };
}
