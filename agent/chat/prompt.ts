/** From a conversation to what a model is asked: as much of it as fits, in the order that every model accepts. */
import type { Turn } from "./model.ts";

export interface PromptOptions {
  /** Most characters of text in all turns together; from 1. */
  budget: number;
}

/**
 * Makes the turns to ask with from the whole conversation, oldest first, the question last. The newest that fits the
 * budget is kept; a newest turn that alone is longer keeps its end. The result begins with a user's turn, and the
 * roles alternate: what one said in a row is one turn. Empty when there is nothing that a user said.
 */
export function toTurns(history: readonly Turn[], { budget }: PromptOptions): Turn[] {
  return fromUser(newest(merged(history.filter(({ text }) => text.trim() !== "")), budget));
}

const BETWEEN = "\n\n";

function merged(turns: readonly Turn[]): Turn[] {
  const result: Turn[] = [];
  for (const turn of turns) {
    const last = result.at(-1);
    if (last?.role === turn.role) last.text += BETWEEN + turn.text;
    else result.push({ ...turn });
  }
  return result;
}

function newest(turns: readonly Turn[], budget: number): Turn[] {
  const last = turns.at(-1);
  if (!last) return [];
  const kept = [{ ...last, text: endOf(last.text, budget) }];
  let left = budget - last.text.length;
  for (const turn of turns.slice(0, -1).reverse()) {
    left -= turn.text.length;
    if (left < 0) break;
    kept.unshift(turn);
  }
  return kept;
}

/** Takes the last `length` characters, without half of a pair that makes one character. */
function endOf(text: string, length: number): string {
  if (text.length <= length) return text;
  const end = text.slice(text.length - length);
  return /^[\uDC00-\uDFFF]/.test(end) ? end.slice(1) : end;
}

function fromUser(turns: readonly Turn[]): Turn[] {
  const first = turns.findIndex(({ role }) => role === "user");
  return first < 0 ? [] : turns.slice(first);
}
