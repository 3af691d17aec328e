/** The agent that says the same again, word by word: to see that the whole way works. */
import type { MessageContext } from "../context.ts";

/** Answers with the request's own text. */
export function echo({ text, write }: Pick<MessageContext, "text" | "write">): string {
  for (const piece of text.match(/\s*\S+\s*/g) ?? []) write(piece);
  return text;
}
