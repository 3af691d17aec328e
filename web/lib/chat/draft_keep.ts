/** What was written and not sent yet, for each conversation: it outlives the page. */
import type { Keep } from "../live/keep.ts";

export interface KeptDraft {
  text: string;
  /** The agent it is for; empty where the broker is to choose. */
  to: string;
}

const PREFIX = "parley.draft.";

/** Gives what a question that is written anew is kept under. */
export function editKey(questionId: string): string {
  return `edit.${questionId}`;
}

/** Gives what is kept for a conversation (an empty id: the one that has not begun), or under an `editKey()`. */
export function draftFor(keep: Keep, conversationId: string): KeptDraft {
  try {
    const { text, to } = JSON.parse(keep.getItem(PREFIX + conversationId) ?? "{}");
    return { text: String(text ?? ""), to: String(to ?? "") };
  } catch {
    return { text: "", to: "" };
  }
}

/** Keeps a draft; an empty one is forgotten. */
export function keepDraft(keep: Keep, conversationId: string, draft: KeptDraft): void {
  const key = PREFIX + conversationId;
  if (draft.text || draft.to) keep.setItem(key, JSON.stringify(draft));
  else keep.removeItem(key);
}
