/** The broker's process: reads the configuration, runs until a signal, exits. */
import project from "../deno.json" with { type: "json" };
import type { FileLogger } from "../shared/audit/file_logger.ts";
import { openFileLog } from "../shared/audit/file_logging.ts";
import { errorSink } from "../shared/audit/log_sink.ts";
import { ConfigError } from "../shared/config.ts";
import { readEnvironment } from "../shared/environment.ts";
import { logOf, setUpLog } from "../shared/log.ts";
import { untilSignal } from "../shared/shutdown.ts";
import { runBroker } from "./broker.ts";
import { BROKER_VARIABLES, type BrokerConfig, parseBrokerConfig, parseCommandLine } from "./config.ts";

const log = logOf("broker");

async function main(args: readonly string[]): Promise<void> {
  const line = parseCommandLine(args, project.version);
  if (line.kind === "show") return console.log(line.text.trimEnd());
  const config = parseBrokerConfig({
    ...await readEnvironment({ variables: BROKER_VARIABLES }),
    ...line.variables,
  });
  await using fileLog = openFileLog("broker", config);
  const errors = errorSink("broker", fileLog);
  await setUpLog({ level: config.LOG_LEVEL, format: config.LOG_FORMAT, errors });
  await run(config, fileLog);
}

async function run(config: BrokerConfig, fileLog: FileLogger | undefined): Promise<void> {
  const ending = new AbortController();
  untilSignal().then((signal) => {
    log.info("Ending, because of {signal}", { signal });
    ending.abort();
  });
  await runBroker(config, ending.signal, { fileLog, version: project.version });
}

function exitCodeOf(thrown: unknown): number {
  console.error(thrown instanceof ConfigError ? thrown.message : thrown);
  return thrown instanceof ConfigError ? 2 : 1;
}

Deno.exit(await main(Deno.args).then(() => 0, exitCodeOf));
