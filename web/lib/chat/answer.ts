/** An answer that comes in pieces: numbered, replaced by a higher attempt, and healed by the whole reply. */
import type { Message } from "../../../shared/model/message.ts";
import type { Answer } from "./entry.ts";

/** More pieces than an answer can have: one number beyond is no piece of it. */
const MOST_PIECES = 100_000;

/** Takes a `REPLY_CHUNK` in. Gives `known` itself when the piece is old news. */
export function addPiece(known: Answer | undefined, message: Message, id: string): Answer {
  const answer = known ?? begun(message, id);
  const { sequence, text_payload: text } = message;
  const attempt = message.attempt ?? 0;
  if (sequence === undefined || sequence === null || sequence >= MOST_PIECES) return answer;
  if (answer.text !== undefined || attempt < answer.attempt) return answer;
  const pieces = attempt > answer.attempt ? [] : answer.pieces;
  if (pieces[sequence] !== undefined) return answer;
  return { ...answer, attempt, pieces: placed(pieces, sequence, text ?? "") };
}

/** Takes the whole text in; a whole `REPLY` stays even when an `ERROR` follows. */
export function finish(known: Answer | undefined, message: Message, id: string): Answer {
  const head = begun(message, id);
  const answer = known ?? head;
  const text = message.text_payload || (message.message_type === "ERROR" ? textOf(answer) : "");
  return {
    ...answer,
    from: head.from || answer.from,
    inReplyTo: head.inReplyTo ?? answer.inReplyTo,
    sentAt: head.sentAt || answer.sentAt,
    text,
    brokenOff: undefined,
  };
}

/** Gives the text so far. A missing piece is left out until the whole reply brings it. */
export function textOf({ text, pieces }: Answer): string {
  return text ?? pieces.join("");
}

/** Tells whether more is to come. */
export function isBeingWritten({ text }: Answer): boolean {
  return text === undefined;
}

function begun({ sender_id, in_reply_to_message_id, send_timestamp }: Message, id: string): Answer {
  const inReplyTo = in_reply_to_message_id ?? undefined;
  return {
    kind: "answer",
    id,
    from: sender_id ?? "",
    inReplyTo,
    sentAt: send_timestamp ?? "",
    pieces: [],
    attempt: 0,
  };
}

function placed(pieces: Answer["pieces"], at: number, text: string): Answer["pieces"] {
  const next = pieces.slice();
  next[at] = text;
  return next;
}
