/** A reply being written: its text so far, and what of it is still to be shown. */
import type { SendChunksRequest } from "../shared/grpc/gen/conversation.ts";

/** Room for the restarts of one delivery attempt, so that the next delivery's pieces still replace these. */
const RESTARTS_PER_DELIVERY = 1_000;

/** Which reply the pieces belong to, and how often its request was delivered (from 1). */
export interface ReplyHead {
  messageId: string;
  inReplyToMessageId: string;
  conversationId: string;
  delivery: number;
}

/** Numbers the pieces of one reply. After `restart()` the text so far counts as one piece of a higher attempt. */
export class LiveReply {
  #text = "";
  #sent = 0;
  #sequence = 0;
  #attempt: number;

  constructor(private readonly head: ReplyHead) {
    this.#attempt = (head.delivery - 1) * RESTARTS_PER_DELIVERY + 1;
  }

  /** Gives what was written so far, shown or not. */
  get text(): string {
    return this.#text;
  }

  append(piece: string): void {
    this.#text += piece;
  }

  /** Takes everything not yet shown as the next chunk, or nothing when all of it was. */
  take(): SendChunksRequest | undefined {
    const end = endOfWholeCharacters(this.#text);
    if (end <= this.#sent) return undefined;
    const { messageId, inReplyToMessageId, conversationId } = this.head;
    const textPayload = this.#text.slice(this.#sent, end);
    this.#sent = end;
    const sequence = this.#sequence++;
    return { messageId, inReplyToMessageId, conversationId, sequence, attempt: this.#attempt, textPayload };
  }

  /** Begins again: whoever reads gets the text so far in one piece, which replaces what came before. */
  restart(): void {
    if (this.#sequence === 0) return;
    this.#attempt += 1;
    this.#sent = 0;
    this.#sequence = 0;
  }
}

/** A piece may end between the two halves of a character; UTF-8 has no half ones, so the first half waits. */
function endOfWholeCharacters(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
}
