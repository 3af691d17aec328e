/** The broker's process: reads the configuration, runs until a signal, exits. */
import project from "../deno.json" with { type: "json" };
import { ConfigError } from "../shared/config.ts";
import { readEnvironment } from "../shared/environment.ts";
import { logOf, setUpLog } from "../shared/log.ts";
import { untilSignal } from "../shared/shutdown.ts";
import { runBroker } from "./broker.ts";
import { type BrokerConfig, parseBrokerConfig, parseCommandLine } from "./config.ts";

const log = logOf("broker");

async function main(args: readonly string[]): Promise<void> {
  const line = parseCommandLine(args, project.version);
  if (line.kind === "show") return console.log(line.text.trimEnd());
  const config = parseBrokerConfig({ ...await readEnvironment(), ...line.variables });
  await setUpLog({ level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  await run(config);
}

async function run(config: BrokerConfig): Promise<void> {
  const ending = new AbortController();
  untilSignal().then((signal) => {
    log.info("Ending, because of {signal}", { signal });
    ending.abort();
  });
  await runBroker(config, ending.signal);
}

function exitCodeOf(thrown: unknown): number {
  console.error(thrown instanceof ConfigError ? thrown.message : thrown);
  return thrown instanceof ConfigError ? 2 : 1;
}

Deno.exit(await main(Deno.args).then(() => 0, exitCodeOf));
