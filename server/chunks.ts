/** Replies while they are written: each piece goes, at most once, to the session whose message is being answered. */
import type { Principal } from "../shared/model/principal.ts";
import type { Origin, Origins } from "./delivery/origins.ts";
import { Recent } from "../shared/recent.ts";
import type { Sessions } from "./session/sessions.ts";

const REMEMBERED = 10_000;

/** A piece of a reply to come. */
export interface Chunk {
  messageId: string;
  inReplyTo: string;
  /** From 0, within one attempt. */
  sequence: number;
  /** A higher one replaces the text so far. */
  attempt: number;
  text: string;
}

interface Progress {
  attempt: number;
  next: number;
  inReplyTo?: string;
}

/**
 * Passes pieces on in rising order of `attempt` and `sequence`. One that comes too late, or after its `REPLY`, is
 * dropped; a missing one is not waited for, since the `REPLY` brings the whole text.
 */
export class Chunks {
  readonly #progress = new Recent<Progress>(REMEMBERED);

  constructor(
    private readonly origins: Origins,
    private readonly sessions: Sessions,
    /** Passes a piece to the other server that has who asked; false where none has. */
    private readonly passOn: (serverId: string | undefined, agent: Principal, chunk: Chunk) => boolean = () =>
      false,
  ) {}

  /** Passes a piece on. Whoever was not asked is not heard. */
  accept(agent: Principal, chunk: Chunk): void {
    const origin = this.origins.find(chunk.inReplyTo);
    if (origin) return this.#pass(agent, chunk, origin);
    this.origins.load(chunk.inReplyTo).then(
      (found) => found && this.#pass(agent, chunk, found),
      () => {/* the reply heals it */},
    );
  }

  /** Says that the reply is there: later pieces of it are dropped. */
  finish(messageId: string): void {
    this.#progress.set(messageId, { attempt: Infinity, next: Infinity });
  }

  /** Tells what a reply that is being written answers. */
  answeredBy(replyId: string): string | undefined {
    return this.#progress.get(replyId)?.inReplyTo;
  }

  #pass(
    agent: Principal,
    chunk: Chunk,
    origin: Pick<Origin, "senderId" | "receiverId" | "conversationId" | "serverId">,
  ): void {
    if (this.passOn(origin.serverId, agent, chunk)) return;
    if (origin.receiverId !== agent.id || !this.#isNext(chunk)) return;
    this.sessions.present(origin.senderId)?.showAgain({
      message_type: "REPLY_CHUNK",
      message_id: chunk.messageId,
      in_reply_to_message_id: chunk.inReplyTo,
      conversation_id: origin.conversationId,
      sender_id: agent.id,
      receiver_id: origin.senderId,
      sequence: chunk.sequence,
      attempt: chunk.attempt,
      text_payload: chunk.text,
    });
  }

  #isNext({ messageId, inReplyTo, sequence, attempt }: Chunk): boolean {
    const known = this.#progress.get(messageId) ?? { attempt, next: 0 };
    if (attempt < known.attempt || (attempt === known.attempt && sequence < known.next)) return false;
    this.#progress.set(messageId, { attempt, next: sequence + 1, inReplyTo });
    return true;
  }
}
