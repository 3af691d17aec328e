/** The server's process: reads the configuration, runs until a signal, tells everybody, exits. */
import project from "../deno.json" with { type: "json" };
import type { FileLogger } from "../shared/audit/file_logger.ts";
import { openFileLog } from "../shared/audit/file_logging.ts";
import { errorSink } from "../shared/audit/log_sink.ts";
import { readEnvironment } from "../shared/environment.ts";
import { logOf, setUpLog } from "../shared/log.ts";
import { atMost } from "../shared/pause.ts";
import { untilSignal } from "../shared/shutdown.ts";
import { parseServerConfig, SERVER_VARIABLES, type ServerConfig } from "./config.ts";
import { RecentErrors } from "./figures/recent_errors.ts";
import { reasonNotToStart, type RunningServer, startServer } from "./server.ts";

const HELP = `Usage: deno task start:server

The hub that frontends, brokers and agents connect to: WebSocket and HTTP on PORT (8765), gRPC on GRPC_PORT (50051).
It is configured by the variables in .env.example, from the environment or a .env file.

  -h, --help       show this
  -V, --version    show the version`;

/** How long closing may take, in milliseconds. */
const CLOSE_MS = 10_000;

const log = logOf("server");

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg === "--help" || arg === "-h")) return print(HELP);
  if (args.some((arg) => arg === "--version" || arg === "-V")) return print(project.version);
  if (args.length > 0) return refuse(`The server takes no argument '${args[0]}'. Try --help.`);
  const config = parseServerConfig(await readEnvironment({ variables: SERVER_VARIABLES }));
  await using fileLog = openFileLog("server", config);
  const errors = new RecentErrors();
  await setUpLog({
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT,
    errors: errorSink("server", fileLog),
    faults: (_category, sentence) => errors.note({ what: "server", text: sentence }),
  });
  writeFramesFromWhereTheyAre();
  return await run(config, { fileLog, errors });
}

/**
 * Deno otherwise copies each frame into a buffer of its socket, which stays as large as the largest one: with a thousand
 * frontends and a large roster that is a hundred megabytes. It reads this when the first socket is opened.
 */
function writeFramesFromWhereTheyAre(): void {
  if (!Deno.env.has("DENO_USE_WRITEV")) Deno.env.set("DENO_USE_WRITEV", "1");
}

async function run(
  config: ServerConfig,
  kept: { fileLog: FileLogger | undefined; errors: RecentErrors },
): Promise<number> {
  const signalled = untilSignal();
  const server = await startServer(config, { version: project.version, ...kept });
  announce(config, server);
  log.info("Ending, because of {signal}", { signal: await signalled });
  if (!await atMost(CLOSE_MS, server[Symbol.asyncDispose]())) {
    log.warning("Not everything could be finished in time");
  }
  return 0;
}

function announce({ HOST }: ServerConfig, { id, httpPort, grpcPort, ready }: RunningServer): void {
  const where = { id, host: HOST, port: httpPort, grpcPort };
  log.info("Listening on {host}, port {port} (WebSocket and HTTP) and {grpcPort} (gRPC), as {id}", where);
  ready.then(() => log.info("Messages are delivered"), () => {/* ended before */});
}

function print(text: string): number {
  console.log(text);
  return 0;
}

function refuse(reason: string): number {
  console.error(reason);
  return 2;
}

function exitCodeOf(thrown: unknown): number {
  const reason = reasonNotToStart(thrown);
  if (reason !== undefined) return refuse(reason);
  console.error(thrown);
  return 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args).catch(exitCodeOf));
