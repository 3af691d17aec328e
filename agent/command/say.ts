/** What an agent that only runs commands answers to a message: that it does not chat, and what it may run. */
import type { MessageHandler } from "../context.ts";

/** Makes the handler from what may run, in Markdown, one line each. */
export function sayWhatMayRun(allowed: readonly string[]): MessageHandler {
  const list = allowed.map((line) => `- ${line}`).join("\n");
  return () => `I run commands and do not chat. Somebody may have me run:\n\n${list}`;
}
