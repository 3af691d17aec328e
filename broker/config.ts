/** What a broker is told from outside: its variables and its command line. */
import { Command, CommanderError, Option } from "commander";
import { z } from "zod";
import {
  busShape,
  choice,
  commonShape,
  ConfigError,
  count,
  fileLogShape,
  parseConfig,
  port,
  websocketShape,
} from "../shared/config.ts";
import { isPeerId } from "../shared/model/id.ts";
import { IF_OFFLINE } from "../shared/model/message.ts";
import { STRATEGIES } from "./strategy.ts";

const ID_RULE = "Allowed are 1 to 100 of A-Z a-z 0-9 _ . : - without the prefix of another kind of id.";
const REGISTRATIONS = ["grpc", "websocket"] as const;

/** Describes the variables that a broker reads. */
export const brokerSchema = z.object({
  ...commonShape,
  ...busShape,
  ...fileLogShape,
  GRPC_HOST: z.string().default("localhost"),
  GRPC_PORT: port(50051),
  ...websocketShape,
  BROKER_NAME: z.string().default("Broker"),
  BROKER_ID: z.string().refine((id) => isPeerId(id, "broker"), ID_RULE).optional(),
  BROKER_REGISTRATION: choice(REGISTRATIONS, "grpc"),
  BROKER_PREFETCH: count(256, { min: 1, max: 1000 }),
  ROUTING_STRATEGY: choice(STRATEGIES, "least-loaded"),
  ROUTING_IF_OFFLINE: choice(IF_OFFLINE, "error"),
  AGENT_MAX_RETRIES: count(3, { min: 0, max: 100 }),
});
export type BrokerConfig = z.infer<typeof brokerSchema>;

/** Names the variables that a broker reads. */
export const BROKER_VARIABLES: readonly string[] = Object.keys(brokerSchema.shape);

/** What the command line asked for: to run with these variables in place of the environment's, or to show a text. */
export type CommandLine =
  | { kind: "run"; variables: Record<string, string> }
  | { kind: "show"; text: string };

/** Reads the command line. Throws `ConfigError` that names what is not understood. */
export function parseCommandLine(args: readonly string[], version: string): CommandLine {
  let text = "";
  const command = commandOf(version).configureOutput({
    writeOut: (part) => text += part,
    writeErr: () => {},
  });
  try {
    command.parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "show", text };
    throw new ConfigError(`${error.message.replace(/^error: /, "")}\nTry --help.`);
  }
  return { kind: "run", variables: variablesOf(command.opts()) };
}

/** Parses the configuration. Throws `ConfigError` that lists every fault. */
export function parseBrokerConfig(env: Readonly<Record<string, string | undefined>>): BrokerConfig {
  return parseConfig(brokerSchema, env);
}

function commandOf(version: string): Command {
  return new Command("deno task start:broker")
    .description("Decides which agent gets a message, and passes it on to the server.")
    .option("--name <name>", "what people see (BROKER_NAME)")
    .option("--id <id>", "a fixed id instead of a new one (BROKER_ID)")
    .addOption(
      new Option("--strategy <name>", "how agents are chosen (ROUTING_STRATEGY)").choices([...STRATEGIES]),
    )
    .addOption(
      new Option("--register <way>", "how it registers (BROKER_REGISTRATION)").choices([...REGISTRATIONS]),
    )
    .version(version, "-V, --version", "show the version")
    .helpOption("-h, --help", "show this")
    .addHelpText("after", "\nOther variables are listed in .env.example; a .env file is read, too.")
    .allowExcessArguments(false)
    .exitOverride();
}

const VARIABLE_OF: Readonly<Record<string, string>> = {
  name: "BROKER_NAME",
  id: "BROKER_ID",
  strategy: "ROUTING_STRATEGY",
  register: "BROKER_REGISTRATION",
};

function variablesOf(options: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [VARIABLE_OF[name] ?? name, value]),
  );
}
