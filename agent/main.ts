/** The built-in agents' command line: reads what it is told, opens the kind, and runs the agent until it is asked to end. */
import manifest from "../deno.json" with { type: "json" };
import type { FileLogger } from "../shared/audit/file_logger.ts";
import { openFileLog } from "../shared/audit/file_logging.ts";
import { errorSink } from "../shared/audit/log_sink.ts";
import { ConfigError } from "../shared/config.ts";
import { readEnvironment } from "../shared/environment.ts";
import { ParleyError, retryable } from "../shared/error.ts";
import { hostname } from "../shared/hostname.ts";
import { logOf, setUpLog } from "../shared/log.ts";
import { Agent } from "./agent.ts";
import { startOnlyRunner } from "./command/only_runner.ts";
import { RUNNER_ARGUMENT, type RunnerClient } from "./command/runner_client.ts";
import { isKind, kindOf } from "./chat/kind.ts";
import { AGENT_VARIABLES, type AgentConfig, parseAgentConfig, parseCommandLine } from "./config.ts";
import { preferredIdOf } from "./registration.ts";

/** Exit code: started again, it may go on. */
const FAILED = 1;
/** Exit code: somebody has to change something before it can go on. */
const CANNOT_GO_ON = 2;

// Not awaited by the file's top level: as long as that stands on the stack of a bundle, each error takes 30 ms.
if (import.meta.main) queueMicrotask(begin);

async function begin(): Promise<never> {
  const [first, start] = Deno.args;
  // A bundled or compiled agent is its own runner: the same file, started with other permissions.
  const isRunner = first === RUNNER_ARGUMENT && start !== undefined;
  return Deno.exit(
    isRunner ? await (await import("./command/runner_process.ts")).serveRunner(start) : await main(Deno.args),
  );
}

async function main(args: string[]): Promise<number> {
  try {
    const line = parseCommandLine(args, manifest.version);
    if (line.kind === "show") return say(line.text);
    return await run(parseAgentConfig(line.options, await readEnvironment({ variables: AGENT_VARIABLES })));
  } catch (error) {
    if (error instanceof ConfigError) return complain(error.message);
    if (!(error instanceof ParleyError) || error.code === "internal") throw error;
    return complain(error.message, retryable(error.code) ? FAILED : CANNOT_GO_ON);
  }
}

async function run(config: AgentConfig): Promise<number> {
  await using fileLog = openFileLog("agent", config);
  const errors = errorSink(config.id ?? config.name, fileLog);
  await setUpLog({ level: config.LOG_LEVEL, format: config.LOG_FORMAT, errors });
  if (!isKind(config.kind)) throw new ConfigError(`There is no kind '${config.kind}'.`);
  await using runner = await startRunner(config);
  const kind = kindOf(config.kind);
  const handler = await kind.open({ ...config, allowed: runner?.allowed ?? [] });
  const agent = (await agentOf(config, { runner, fileLog })).onMessage(handler);
  await kind.takeTasks?.(agent);
  await agent.run();
  return 0;
}

async function startRunner({ commands }: AgentConfig): Promise<RunnerClient | undefined> {
  const runner = await startOnlyRunner(commands);
  if (runner) logOf("agent").info("Commands may run: {allowed}", { allowed: runner.allowed.join("; ") });
  return runner;
}

interface Opened {
  runner: RunnerClient | undefined;
  fileLog: FileLogger | undefined;
}

async function agentOf(config: AgentConfig, { runner: commands, fileLog }: Opened): Promise<Agent> {
  const { name, role, capabilities, server, busUrl } = config;
  return new Agent({
    name,
    id: config.id,
    preferredId: await preferredIdOf(name, hostname()),
    role,
    capabilities,
    server,
    busUrl,
    version: manifest.version,
    maxConcurrent: config.AGENT_MAX_CONCURRENT,
    heartbeatIntervalS: config.AGENT_HEARTBEAT_INTERVAL,
    maxRetries: config.AGENT_MAX_RETRIES,
    commands,
    fileLog,
  });
}

function say(text: string): number {
  console.log(text.trimEnd());
  return 0;
}

function complain(text: string, code: number = CANNOT_GO_ON): number {
  console.error(text);
  return code;
}
