/**
 * A process's variables: its environment, below it what a `.env` file adds, and secrets in place of the references to
 * them. Called by `main.ts` files alone.
 */
import { parseEnv } from "node:util";
import { ConfigError } from "./config.ts";
import { resolveSecrets } from "./secret/resolve.ts";

/** Where a process's variables are read, and which of them it uses. */
export interface EnvironmentOptions {
  path?: string;
  /** Only these are read from a vault where they refer to one; undefined: all. */
  variables?: readonly string[];
}

/**
 * Gives the variables of this process; those of the `.env` file at `path` count where the environment has none.
 * No file is no fault. In place of `keyvault://NAME` stands the secret. Throws `ConfigError` naming the line when the
 * file cannot be understood, and the variables whose secrets cannot be read.
 */
export async function readEnvironment(
  { path = ".env", variables }: EnvironmentOptions = {},
): Promise<Record<string, string>> {
  const env = { ...parseEnvFile(await readOrNothing(path), path), ...Deno.env.toObject() };
  return await resolveSecrets(env, { variables });
}

/** Parses the text of a `.env` file. Throws `ConfigError` with the number of the first line that is no assignment. */
export function parseEnvFile(text: string, path = ".env"): Record<string, string> {
  const fault = faultOf(text.split(/\r?\n/));
  if (fault) throw new ConfigError(`${path}, line ${fault.line}: ${fault.reason}`);
  return parseEnv(text) as Record<string, string>;
}

const ASSIGNMENT = /^\s*(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*\s*=\s*(.*)$/;
const BLANK = /^\s*(#.*)?$/;

function faultOf(lines: string[]): { line: number; reason: string } | undefined {
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index]!;
    if (BLANK.test(line)) continue;
    const value = ASSIGNMENT.exec(line)?.[1];
    if (value === undefined) return { line: index + 1, reason: "expected NAME=value or a # comment." };
    const end = endOfValue(lines, index, value);
    if (end < 0) return { line: index + 1, reason: "the quote that begins here is never closed." };
    index = end;
  }
}

/** Finds the line on which a value ends; a quoted one may go on over several. -1: never. */
function endOfValue(lines: string[], index: number, value: string): number {
  const quote = /^["'`]/.exec(value)?.[0];
  if (!quote) return index;
  if (value.indexOf(quote, 1) > 0) return index;
  const further = lines.findIndex((line, at) => at > index && line.includes(quote));
  return further;
}

async function readOrNothing(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw new ConfigError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
