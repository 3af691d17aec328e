/** What an agent that only runs commands answers to a message: that it does not chat, and what it may run. */
import type { MessageHandler } from "../context.ts";

/** Makes the handler from what may run, one line each. */
export function sayWhatMayRun(allowed: readonly string[]): MessageHandler {
  const list = allowed.map((line) => `- ${code(line)}`).join("\n");
  return () => `I run commands and do not chat. Somebody may have me run:\n\n${list}`;
}

/** Writes `text` as code, with a fence longer than any run of backquotes in it. */
function code(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(1 + Math.max(0, ...runs.map(({ length }) => length)));
  return runs.length > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}
