/** What a built-in agent is told from outside: its variables and its command line. */
import { Command, CommanderError } from "commander";
import * as z from "zod";
import {
  busShape,
  commonShape,
  ConfigError,
  count,
  fileLogShape,
  parseConfig,
  peerBusUrlOf,
  port,
  seconds,
  websocketShape,
  websocketUrlOf,
} from "../shared/config.ts";
import { isPeerId } from "../shared/model/id.ts";
import { allowsAny, type CommandRules } from "./command/runner_client.ts";
import { describeKinds, isKind, KIND_NAMES, KINDS } from "./chat/kind.ts";

const URL_RULE = "Allowed is an http:// or https:// URL.";
const httpUrl = () => z.url({ protocol: /^https?$/, error: URL_RULE }).optional();

/** Describes the variables that an agent reads. */
export const agentSchema = z.object({
  ...commonShape,
  ...busShape,
  ...fileLogShape,
  GRPC_HOST: z.string().default("localhost"),
  GRPC_PORT: port(50051),
  ...websocketShape,
  PARLEY_API_URL: httpUrl(),
  WEB_PORT: port(8000),
  AGENT_HEARTBEAT_INTERVAL: seconds(30, { min: 1 }),
  AGENT_MAX_RETRIES: count(3, { min: 0, max: 100 }),
  AGENT_MAX_CONCURRENT: count(8, { min: 1, max: 1000 }),
  AGENT_COMMAND_POLICY: z.string().optional(),
  MISTRAL_API_KEY: z.string().optional(),
  MISTRAL_MODEL: z.string().optional(),
  MISTRAL_BASE_URL: httpUrl(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: httpUrl(),
  OPENAI_MODEL: z.string().optional(),
});
type AgentVariables = z.infer<typeof agentSchema>;

/** Names the variables that an agent reads. */
export const AGENT_VARIABLES: readonly string[] = Object.keys(agentSchema.shape);

/** What the command line asked for: an agent, or a text to show. */
export type CommandLine = { kind: "run"; options: CommandOptions } | { kind: "show"; text: string };

export interface CommandOptions {
  kind: string;
  name?: string;
  id?: string;
  role?: string;
  capability?: string[];
  server?: string;
  allowCommand?: string[];
  commandPolicy?: string;
}

/** Everything that decides what an agent is and where it works. */
export interface AgentConfig extends AgentVariables {
  kind: string;
  name: string;
  /** Undefined: one is derived from the name and the machine. */
  id: string | undefined;
  role: string;
  capabilities: readonly string[];
  server: string;
  busUrl: string;
  apiUrl: string;
  dashboardUrl: string;
  /** What programs may run; by default none. */
  commands: CommandRules;
}

/** Reads the command line; a `--` that `deno task` passed on is skipped. Throws `ConfigError` that names what is not understood. */
export function parseCommandLine(args: readonly string[], version: string): CommandLine {
  let text = "";
  const command = commandOf(version).configureOutput({
    writeOut: (part) => text += part,
    writeErr: () => {},
  });
  try {
    command.parse(args.filter((arg, index) => arg !== "--" || index > 0), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "show", text };
    throw new ConfigError(`${error.message.replace(/^error: /, "")}\nTry --help.`);
  }
  return { kind: "run", options: command.opts() };
}

function commandOf(version: string): Command {
  const more = (value: string, before: string[] | undefined) => [...before ?? [], ...value.split(",")];
  return new Command("deno task start:agent --")
    .description("Runs one agent: it registers with the server and answers what it is asked.")
    .option("--kind <kind>", `what it does: ${KIND_NAMES.join(", ")}`, "guide")
    .option("--name <name>", "what people see (default: the kind)")
    .option("--id <id>", "a fixed id, in use by no other agent (default: made of name and machine)")
    .option("--role <role>", "describes it, such as worker or researcher")
    .option("--capability <name>", "what it can do; may be given several times", more)
    .option("--server <host:port>", "the server's gRPC address (GRPC_HOST, GRPC_PORT)")
    .option(
      "--allow-command <line>",
      "a program with its arguments that commands may run, such as 'df -h'; 'git status *': any further arguments, " +
        "options included; may be given several times (default: nothing may run)",
      (line: string, before: string[] | undefined) => [...before ?? [], line],
    )
    .option("--command-policy <file>", "a JSON file that says what may run (AGENT_COMMAND_POLICY)")
    .addHelpText(
      "after",
      `\nKinds:\n${describeKinds()}\n\nOther variables are listed in .env.example; a .env file is read, too.`,
    )
    .version(version, "-V, --version", "show the version")
    .helpOption("-h, --help", "show this")
    .allowExcessArguments(false)
    .exitOverride();
}

/** Parses the configuration. Throws `ConfigError` that lists every fault. */
export function parseAgentConfig(
  options: CommandOptions,
  env: Readonly<Record<string, string | undefined>>,
): AgentConfig {
  const faults = faultsOf(options);
  if (faults.length > 0) throw new ConfigError(["The command line has faults:", ...faults].join("\n"));
  const variables = parseConfig(agentSchema, env);
  const kind = KINDS[options.kind as keyof typeof KINDS];
  const commands = commandRulesOf(options, variables);
  if (kind.name === "command" && !allowsAny(commands)) throw new ConfigError(NOTHING_ALLOWED);
  return {
    ...variables,
    kind: kind.name,
    name: options.name?.trim() ?? capitalised(kind.name),
    id: options.id,
    role: options.role ?? kind.role,
    capabilities: options.capability ?? kind.capabilities,
    server: options.server ?? `${variables.GRPC_HOST}:${variables.GRPC_PORT}`,
    busUrl: peerBusUrlOf(variables),
    apiUrl: apiUrlOf(variables),
    dashboardUrl: `http://localhost:${variables.WEB_PORT}`,
    commands,
  };
}

const NOTHING_ALLOWED = "An agent of the kind command runs what you allow, and you allow nothing. " +
  "Give --allow-command 'df -h', as often as you like, or --command-policy FILE.";

function commandRulesOf(
  { allowCommand = [], commandPolicy }: CommandOptions,
  { AGENT_COMMAND_POLICY }: AgentVariables,
): CommandRules {
  return { allow: allowCommand, policyFile: commandPolicy ?? AGENT_COMMAND_POLICY };
}

function faultsOf({ kind, name, id, server }: CommandOptions): string[] {
  const faults: string[] = [];
  if (!isKind(kind)) {
    faults.push(`  --kind: given was "${kind}". Allowed is one of: ${KIND_NAMES.join(", ")}.`);
  }
  if (name?.trim() === "") faults.push("  --name: given was nothing. Allowed is any text.");
  if (id !== undefined && !isPeerId(id, "agent")) {
    faults.push(
      `  --id: given was "${id}". Allowed are 1 to 100 of A-Z a-z 0-9 _ . : - without the prefix of another kind of id.`,
    );
  }
  if (server !== undefined && !/^[^\s/:]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/i.test(server)) {
    faults.push(`  --server: given was "${server}". Allowed is HOST:PORT, such as localhost:50051.`);
  }
  return faults;
}

/** Decides where the server's HTTP interface is: said outright, or beside the WebSocket; on this machine, where it listens. */
function apiUrlOf(variables: AgentVariables): string {
  const { PARLEY_API_URL } = variables;
  if (PARLEY_API_URL) return PARLEY_API_URL.replace(/\/+$/, "");
  return new URL(websocketUrlOf(variables).replace(/^ws/, "http")).origin;
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
