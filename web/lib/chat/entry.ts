/** What a conversation is made of, as it is shown. */
import type { Message } from "../../../shared/model/message.ts";
import type { TextFile } from "./text_file.ts";

/** Where a question is: not accepted yet, then as the server says (`routing_status`), and at last answered. */
export type Way = "waiting" | "pending" | "routed" | "delivered" | "failed" | "answered";

/** What a person wrote. */
export interface Question {
  kind: "question";
  id: string;
  text: string;
  /** What they added to it. */
  files: readonly TextFile[];
  sentAt: string;
  /** The agent it was meant for, and then the one it went to. */
  to?: string;
  /** The agent that its writer named; none when the broker was to choose. */
  named?: string;
  way: Way;
  /** Why it failed, for people. */
  reason?: string;
  /** The question that this one asks again, or in other words. */
  replaces?: string;
}

/** What an agent wrote, or is writing. */
export interface Answer {
  kind: "answer";
  id: string;
  from: string;
  inReplyTo?: string;
  sentAt: string;
  /** The pieces so far, of the highest attempt, by their number. */
  pieces: readonly (string | undefined)[];
  attempt: number;
  /** The whole text, once it is known. */
  text?: string;
  /** It ended before it was whole. */
  brokenOff?: boolean;
}

/** What the system says. */
export interface Note {
  kind: "note";
  id: string;
  text: string;
}

export type Entry = Question | Answer | Note;

/** Tells whether a `TEXT` was written by a person: agents may begin to talk too. */
export function isQuestion({ sender_id: sender, receiver_id: receiver }: Message): boolean {
  if (sender?.startsWith("agent_")) return false;
  return !sender || sender.startsWith("web_") || !receiver?.startsWith("web_");
}
