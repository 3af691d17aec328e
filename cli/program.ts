/** The command line: what can be asked for, and which file carries it out. Each is loaded when it is asked for. */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { EXIT, EXIT_CODES_HELP } from "./exit_code.ts";
import { UsageError } from "./fault.ts";
import type { Workplace } from "./workplace.ts";

/** What holds for every command. */
export interface GlobalOptions {
  server?: string;
  token?: string;
  json?: boolean;
  /** False with `--no-color`. */
  color: boolean;
}

/** Carries a command out; gives the exit code where that is not 0. */
export type Work = (workplace: Workplace) => Promise<number | void>;

/** What the command line asks for. */
export type Asked = { kind: "work"; options: GlobalOptions; work: Work } | { kind: "show"; text: string };

/** Reads the command line; a `--` that `deno task` passed on is skipped. Throws `UsageError` that says what is not understood. */
export function parseCommandLine(args: readonly string[], version: string): Asked {
  const asked: { now?: Asked } = {};
  let text = "";
  const program = programOf(version, (options, work) => asked.now = { kind: "work", options, work });
  const output = { writeOut: (part: string) => text += part, writeErr: () => {} };
  for (const command of everyCommand(program)) command.configureOutput(output).exitOverride();
  try {
    program.parse(withParameters(args.filter((arg, index) => arg !== "--" || index > 0)), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === EXIT.ok) return { kind: "show", text };
    throw new UsageError(sentenceOf(error, args.includes("command")));
  }
  return asked.now!;
}

/** Of `task submit`, `--json` with a value behind it is what the task is given; alone it is about the output, as ever. */
function withParameters(args: string[]): string[] {
  if (!args.includes("submit")) return args;
  return args.map((arg, at) =>
    arg === "--json" && /^\s*[{@]/.test(args[at + 1] ?? "") ? "--parameters" : arg
  );
}

function sentenceOf({ code, message }: CommanderError, isCommand: boolean): string {
  if (code === "commander.help") return "Say what to do. Try --help.";
  const behind = isCommand && code === "commander.unknownOption"
    ? ". What belongs to the program stands behind `--`: command NAME -- df -h"
    : "";
  return `${message.replace(/^error: /, "")}${behind}\nTry --help.`;
}

function* everyCommand(command: Command): Generator<Command> {
  yield command;
  for (const each of command.commands) yield* everyCommand(each);
}

type Choose = (options: GlobalOptions, work: Work) => void;

function programOf(version: string, choose: Choose): Command {
  const program = new Command("deno task cli --")
    .description("Shows who is there, talks with agents and tells them what to do.")
    .option("--server <url>", "the server (PARLEY_API_URL, WEBSOCKET_URL; default http://localhost:8765)")
    .option("--token <token>", "shown to the server as Bearer (PARLEY_TOKEN)")
    .option("--json", "JSON on a terminal, too")
    .option("--no-color", "no colours (NO_COLOR)")
    .configureHelp({ showGlobalOptions: true })
    .helpOption("-h, --help", "show this")
    .version(version, "-V, --version", "show the version")
    .addHelpText(
      "after",
      `\nAgents are named by id, or by name when only one has it. On a terminal lists are tables; a program that reads\n` +
        `them gets JSON. Variables are listed in .env.example; a .env file is read, too.\n${EXIT_CODES_HELP}`,
    );
  const chosen: Chosen = (work) => choose(program.opts<GlobalOptions>(), work);
  addPresence(program, chosen);
  addTalk(program, chosen);
  addCommands(program, chosen);
  addTasks(program, chosen);
  addControl(program, chosen);
  addQueues(program, chosen);
  return program;
}

type Chosen = (work: Work) => void;

function addPresence(program: Command, chosen: Chosen): void {
  const agents = program.command("agents").description("who is there")
    .option("--online", "only who is online")
    .option("--capability <name>", "only who can do this")
    .action((options) => chosen(async (w) => (await import("./commands/agents.ts")).agents(options, w)));
  agents.command("watch").description("who is there, as it changes; for a program one JSON object a line")
    .addHelpText(
      "after",
      "\nCtrl-C ends it; in a pipe it ends with the first change after its reader has gone.",
    )
    .action(() => chosen(async (w) => (await import("./commands/watch.ts")).watch(w)));
  program.command("brokers").description("which brokers decide who gets a message")
    .action(() => chosen(async (w) => (await import("./commands/brokers.ts")).brokers(w)));
  program.command("history <agent>").description("when an agent was there, and why not")
    .option("--from <time>", "from then on: 2h (ago), 7d or 2026-08-01T12:00:00Z")
    .option("--to <time>", "before then")
    .option("--limit <n>", "how many changes, the newest first", wholeNumber, 50)
    .action((agent, options) =>
      chosen(async (w) => (await import("./commands/history.ts")).history(agent, options, w))
    );
}

function addTalk(program: Command, chosen: Chosen): void {
  program.command("send [text]").description("asks an agent, and shows the answer as it is written")
    .option("--to <agent>", "whom; without it the broker chooses")
    .option("--conversation <id>", "goes on with a conversation")
    .option("--timeout <seconds>", "how long to wait for the answer", positive, 300)
    .addHelpText(
      "after",
      "\nWithout a text, or with -, standard input is sent. With --json: each frame about it, one a line;\nthe last is the REPLY or the ERROR. Ctrl-C stops the answer.",
    )
    .action((text, options) =>
      chosen(async (w) => (await import("./commands/send.ts")).send(text, options, w))
    );
}

function addCommands(program: Command, chosen: Chosen): void {
  program.command("command <agent> [words...]").description(
    "has an agent run a program: command NAME -- df -h",
  )
    .helpOption("--help", "show this")
    .option("--line <text>", "a whole line for a shell, where the agent's owner allows it, in place of words")
    .option("--type <type>", "shell, or script: the words are the arguments of a script from standard input")
    .option("--interpreter <name>", "what runs the script, such as python3")
    .option("--file <path>", "the script's file, in place of standard input")
    .option("--function <name>", "calls a function of the agent's own instead")
    .option("--input <json>", "what the function is given")
    .option("--directory <path>", "where it runs, if its owner allows that")
    .option("--timeout <seconds>", "how long it may run", positive)
    .option("--wait", "an agent that is offline gets it when it is back")
    .option("--detach", "show the command's id, and do not wait for its end")
    .addHelpText(
      "after",
      "\nWith --json: each frame about it, one a line; the last has the whole command. Ctrl-C cancels it.\nOn a terminal, of what the program writes only text and colours are shown.",
    )
    .action((agent, words, options) =>
      chosen(async (w) => (await import("./commands/command.ts")).command(agent, { ...options, words }, w))
    );
  program.command("commands [agent]").description(
    "what agents were told to do; with a command's id, that one in full",
  )
    .option("--limit <n>", "how many, the newest first", wholeNumber, 20)
    .action((agent, options) =>
      chosen(async (w) => (await import("./commands/commands.ts")).commands(agent, options, w))
    );
  program.command("approve <id>").description("lets a command run that waits for a person")
    .option("--yes", "do not ask; needed where nobody can be asked")
    .action((id, options) =>
      chosen(async (w) => (await import("./commands/approve.ts")).approve(id, options, w))
    );
  program.command("deny <id>").description("does not let it run")
    .action((id) => chosen(async (w) => (await import("./commands/approve.ts")).deny(id, w)));
  program.command("cancel <id>").description("ends a command that waits or runs")
    .action((id) => chosen(async (w) => (await import("./commands/cancel.ts")).cancel(id, w)));
}

function addTasks(program: Command, chosen: Chosen): void {
  const task = program.command("task").description("what somebody wants done, by whichever agent can");
  task.command("submit <type>").description("asks for a task: task submit resize --param width=40 --wait")
    .option("--param <name=value>", "a parameter; a value that is JSON is meant as that", all)
    .option("--parameters <json>", "all of them as one JSON object, or @FILE, or @- for standard input")
    .option("--need <capability>", "what an agent has to be able to do", all)
    .option("--about <text>", "what it is about, for people")
    .option("--priority <priority>", "1 to 5, or critical, high, medium, low, background")
    .option("--deadline <time>", "until when: 30m, 2h or 7d from now, or 2026-08-01T12:00:00Z")
    .option("--agent <agent>", "who gets it, should they be able to")
    .option("--parent <id>", "the task that it is a part of")
    .option("--key <key>", "asking again with the same key gives the same task")
    .option("--timeout <seconds>", "how long one attempt may take", positive)
    .option("--retries <n>", "attempts after one that failed", countOf)
    .option("--wait", "show its progress and its result; the exit code tells the end")
    .addHelpText(
      "after",
      "\nShows the task's id. With --wait and --json: each update, one a line. Ctrl-C leaves the task running.\n" +
        "--json with a value is --parameters.",
    )
    .action((type, options) =>
      chosen(async (w) => (await import("./commands/task_submit.ts")).submit(type, options, w))
    );
  task.command("list").description("the newest tasks")
    .option(
      "--status <status>",
      "pending, assigned, in_progress, completed, failed, cancelled, timed_out; several with commas",
    )
    .option("--agent <agent>", "only those that this agent has or had")
    .option("--type <type>", "only of this type")
    .option("--query <text>", "only with this in the type, the description or the id")
    .option("--parent <id>", "only its parts")
    .option("--limit <n>", "how many, the newest first", wholeNumber, 20)
    .action((options) => chosen(async (w) => (await import("./commands/task.ts")).list(options, w)));
  task.command("show <id>").description("one in full, with its result and every attempt")
    .action((id) => chosen(async (w) => (await import("./commands/task.ts")).show(id, w)));
  task.command("cancel <id...>").description("ends tasks and their parts")
    .action((ids) => chosen(async (w) => (await import("./commands/task.ts")).change("cancel", ids, w)));
  task.command("retry <id...>").description("has tasks tried again that failed, timed out or were cancelled")
    .action((ids) => chosen(async (w) => (await import("./commands/task.ts")).change("retry", ids, w)));
  task.command("watch [id]").description("one until its end, or all as they change")
    .option("--ended", "only those that have ended")
    .option("--parent <id>", "only its parts")
    .action((id, options) => chosen(async (w) => (await import("./commands/task.ts")).watch(id, options, w)));
}

function all(text: string, before: string[] = []): string[] {
  return [...before, text];
}

const CONTROLS = {
  pause: "gives an agent no new messages; they wait",
  resume: "works off what waited",
  deregister: "takes an agent off",
  reregister: "takes an agent in again",
} as const;
export type ControlName = keyof typeof CONTROLS;

function addControl(program: Command, chosen: Chosen): void {
  for (const [name, description] of Object.entries(CONTROLS) as [ControlName, string][]) {
    program.command(`${name} [agent]`).description(description)
      .option("--all", "all agents")
      .option("--yes", "do not ask")
      .action((agent, options) =>
        chosen(async (w) => (await import("./commands/control.ts")).control(name, { ...options, agent }, w))
      );
  }
}

function addQueues(program: Command, chosen: Chosen): void {
  const queues = program.command("queues").description("how many messages wait where")
    .action(() => chosen(async (w) => (await import("./commands/queues.ts")).queues(w)));
  queues.command("reset").description("empties the queues; what was in them is put among the dead letters")
    .option("--yes", "do not ask")
    .action((options) => chosen(async (w) => (await import("./commands/queues.ts")).reset(options, w)));
  const letters = program.command("dead-letters").description("messages that were given up")
    .option("--limit <n>", "how many, the newest first", wholeNumber, 20)
    .action((options) =>
      chosen(async (w) => (await import("./commands/dead_letters.ts")).deadLetters(options, w))
    );
  letters.command("replay <id>").description("sends it on its way again")
    .action((id) => chosen(async (w) => (await import("./commands/dead_letters.ts")).replay(id, w)));
  letters.command("delete <id>").description("removes it for good")
    .action((id) => chosen(async (w) => (await import("./commands/dead_letters.ts")).remove(id, w)));
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError("Allowed is a whole number from 1 on.");
}

function countOf(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError("Allowed is a whole number from 0 on.");
}

function positive(text: string): number {
  const number = Number(text);
  if (number > 0 && number <= 86_400) return number;
  throw new InvalidArgumentError("Allowed are seconds, more than 0 and at most 86400.");
}
