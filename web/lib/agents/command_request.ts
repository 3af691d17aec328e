/** What a reader asks an agent to carry out, as the form has it and as the server takes it. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { splitWords } from "./words.ts";

/** What the form was filled with. `kind` is one of `KINDS`, or the name of a function of the agent's own. */
export interface CommandForm {
  kind: string;
  /** The program with its arguments, the shell's line, the script, or a function's input. */
  text: string;
  /** Of a script; empty: the only one that the agent has. */
  interpreter: string;
  /** Seconds; empty: as long as the agent's owner lets it. */
  timeout: string;
}

export const KINDS = ["program", "line", "script"] as const;
export type Kind = typeof KINDS[number];

/** Types that run something; any other is a function. */
const RUN_TYPES = new Set(["shell", "script", "python"]);
const MOST_SECONDS = 86_400;

export type Fault = "empty" | "unfinished" | "json" | "timeout";

/** Says what an agent carries out: undefined where it says nothing of commands. */
export function offerOf({ capabilities = [], attributes = {} }: AgentInfo): string[] | undefined {
  const types = (attributes.command_types ?? "").split(/\s+/).filter((type) => type !== "");
  if (types.length === 0) return capabilities.includes("commands") ? [...KINDS] : undefined;
  const functions = types.filter((type) => !RUN_TYPES.has(type));
  const kinds: string[] = types.includes("shell") ? [...KINDS] : [];
  return [...kinds, ...functions.slice(0, 100)];
}

/** Says what is wrong with what was filled in, if anything is. */
export function faultOf({ kind, text, timeout }: CommandForm): Fault | undefined {
  if (isRun(kind) && text.trim() === "") return "empty";
  if (kind === "program" && wordsOf(text) === undefined) return "unfinished";
  if (!isRun(kind) && text.trim() !== "" && !isJson(text)) return "json";
  const seconds = Number(timeout);
  return timeout !== "" && !(seconds > 0 && seconds <= MOST_SECONDS) ? "timeout" : undefined;
}

/** Makes the body of the request of a form without a fault. */
export function requestOf({ kind, text, interpreter, timeout }: CommandForm): Record<string, unknown> {
  return { ...whatOf(kind, text, interpreter), ...timeout === "" ? {} : { timeout_s: Number(timeout) } };
}

/** Gives the words of a program's line, undefined while a quote is open. */
export function wordsOf(line: string): string[] | undefined {
  try {
    return splitWords(line);
  } catch {
    return undefined;
  }
}

function whatOf(kind: string, text: string, interpreter: string): Record<string, unknown> {
  switch (kind) {
    case "program":
      return { type: "shell", arguments: splitWords(text) };
    case "line":
      return { type: "shell", content: text };
    case "script":
      return { type: "script", content: text, ...interpreter.trim() ? { parameters: { interpreter } } : {} };
    default:
      return { type: kind, content: text.trim() };
  }
}

function isRun(kind: string): boolean {
  return KINDS.some((known) => known === kind);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
