/** `command`: has an agent run a program, a script, or a function of its own. */
import { isAbsolute } from "node:path";
import { newId } from "../../shared/model/id.ts";
import { UsageError } from "../fault.ts";
import { Following } from "../following.ts";
import { resolve } from "../names.ts";
import type { Workplace } from "../workplace.ts";

export interface CommandOptions {
  words: string[];
  /** A shell's line. */
  line?: string;
  type?: string;
  interpreter?: string;
  file?: string;
  function?: string;
  input?: string;
  directory?: string;
  /** In seconds. */
  timeout?: number;
  wait?: boolean;
  detach?: boolean;
}

/** What runs something: no functions of an agent's. */
const RUN_TYPES = new Set(["shell", "script", "python"]);

/** Resolves with the program's exit code. */
export async function command(
  agent: string,
  options: CommandOptions,
  workplace: Workplace,
): Promise<number | void> {
  const { api, screen } = workplace;
  const kind = kindOf(options);
  const script = kind === "script" ? await scriptOf(options, workplace) : "";
  const body = {
    command_id: newId("cmd"),
    ...bodyOf(options, script),
    timeout_s: options.timeout,
    if_offline: options.wait ? "wait" : "error",
  };
  const order = {
    agentId: await resolve(api, agent, { onPreferred: (sentence) => screen.say(sentence) }),
    body,
  };
  if (!options.detach) return await new Following(order, workplace).run();
  const accepted = await api.post<{ command_id: string }>(
    `/api/agents/${encodeURIComponent(order.agentId)}/commands`,
    body,
  );
  if (screen.isJson) screen.document(accepted);
  else screen.out(accepted.command_id + "\n");
}

/** Decides what is meant. Throws `UsageError` for options that do not go together. */
export function kindOf(
  { type, interpreter, file, words, line, ...rest }: CommandOptions,
): "shell" | "line" | "script" | "function" {
  if (rest.function !== undefined) {
    if (type ?? interpreter ?? file ?? rest.directory ?? line) {
      throw new UsageError("--function goes with --input alone.");
    }
    if (words.length > 0) throw new UsageError("A function is given --input JSON, no words.");
    if (RUN_TYPES.has(rest.function)) {
      throw new UsageError(`--function: '${rest.function}' is none. Say what to run: command NAME -- df -h`);
    }
    return "function";
  }
  if (rest.input !== undefined) throw new UsageError("--input is for a --function.");
  const kind = type ?? (interpreter !== undefined || file !== undefined ? "script" : "shell");
  if (kind !== "shell" && kind !== "script" && kind !== "python") {
    throw new UsageError(
      `--type: '${kind}' is none. Allowed are shell, script and python; for a function use --function.`,
    );
  }
  if (kind !== "shell") {
    if (line !== undefined) {
      throw new UsageError("--line is for a shell; a script comes from standard input or --file.");
    }
    return "script";
  }
  if (interpreter !== undefined || file !== undefined) {
    throw new UsageError("--interpreter and --file are for --type script.");
  }
  if (line !== undefined) {
    if (words.length > 0) throw new UsageError("--line is the whole command; no words go with it.");
    return "line";
  }
  if (words.length === 0) throw new UsageError("Say which program: command NAME -- df -h");
  return "shell";
}

/** Makes the part of the request that says what is to run. Throws `UsageError` for an input that is no JSON. */
export function bodyOf(options: CommandOptions, script: string): object {
  const { words, type } = options;
  switch (kindOf(options)) {
    case "shell":
      return { type: "shell", arguments: words, ...parametersOf(options) };
    case "line":
      return { type: "shell", content: options.line, ...parametersOf(options) };
    case "script":
      return {
        type: type === "python" ? "python" : "script",
        content: script,
        arguments: words,
        ...parametersOf(options),
      };
    case "function":
      return { type: options.function, content: jsonIn(options.input) };
  }
}

function parametersOf({ interpreter, directory }: CommandOptions): object {
  const given = Object.entries({ interpreter, directory }).filter(([, value]) => value !== undefined);
  return given.length === 0 ? {} : { parameters: Object.fromEntries(given) };
}

function jsonIn(input: string | undefined): string {
  try {
    return input === undefined ? "" : JSON.stringify(JSON.parse(input));
  } catch (cause) {
    throw new UsageError("--input: this is no JSON.", { cause });
  }
}

async function scriptOf({ file }: CommandOptions, { screen, directory }: Workplace): Promise<string> {
  if (file === undefined || file === "-") return await screen.input();
  try {
    return await Deno.readTextFile(isAbsolute(file) ? file : `${directory}/${file}`);
  } catch (cause) {
    throw new UsageError(`--file: '${file}' cannot be read: ${(cause as Error).message}`, { cause });
  }
}
