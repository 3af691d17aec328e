/** One request being answered: the context its handler sees, and how it ended. */
import { ParleyError } from "../shared/error.ts";
import type { Message } from "../shared/model/message.ts";
import { type Author, errorTo, failureOf, replyTo } from "./answer.ts";
import type { ConversationMessage, MessageContext, MessageHandler, Request } from "./context.ts";
import type { LiveReply } from "./live_reply.ts";
import { withoutReplaced } from "./replaced.ts";
import type { ReplyStream } from "./reply_stream.ts";

/** What an answer needs from the agent. */
export interface AnsweringParts {
  agent: { readonly id: string; readonly name: string };
  replies: ReplyStream;
  /** Resolves once the bus has stored `message`; tries again for as long as that can help. */
  publish: (message: Message) => Promise<void>;
  history: (
    messageId: string,
    page: { conversationId: string; limit: number },
  ) => Promise<ConversationMessage[]>;
}

/** A reply longer than the bus carries is told as an error with this much of it, in characters. */
const KEPT_OF_TOO_LARGE = 100_000;

export class Answering implements MessageContext {
  readonly text: string;
  readonly #live: LiveReply;
  readonly #stop = new AbortController();
  #sent: Promise<void> | undefined;
  #result: string | undefined;
  #failure: ParleyError | undefined;

  constructor(
    readonly message: Request,
    readonly attempt: number,
    private readonly author: Author,
    private readonly parts: AnsweringParts,
  ) {
    this.text = message.text_payload ?? "";
    this.#live = parts.replies.begin({
      messageId: author.replyId,
      inReplyToMessageId: message.message_id,
      conversationId: message.conversation_id ?? "",
      delivery: attempt,
    });
  }

  get agent(): { readonly id: string; readonly name: string } {
    return this.parts.agent;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Tells whether `id` is the request's or the reply's. */
  isAbout(id: string | undefined): boolean {
    return id !== undefined && (id === this.message.message_id || id === this.author.replyId);
  }

  /** Stops the handler: it is not waited for any longer. */
  stop(reason: ParleyError): void {
    this.#stop.abort(reason);
  }

  // Arrow functions: a handler may take its context apart.
  readonly conversation = async (limit = 100): Promise<ConversationMessage[]> => {
    const { conversation_id: conversationId, message_id: messageId, sender_id, replaces_message_id } =
      this.message;
    if (!conversationId) return [];
    const messages = await this.parts.history(messageId, { conversationId, limit });
    const now = { messageId, senderId: sender_id ?? "", replacesMessageId: replaces_message_id ?? "" };
    return withoutReplaced(messages, now);
  };

  readonly write = (piece: string): void => {
    if (piece === "" || this.#sent || this.signal.aborted) return;
    this.parts.replies.write(this.#live, piece);
  };

  readonly reply = (text: string = this.#live.text): Promise<void> => {
    return this.#sent ??= this.parts.publish(replyTo(this.message, this.author, text));
  };

  /** Runs `handler`, or what there is of it until `stop()`. Resolves with what it threw, or nothing. */
  async run(handler: MessageHandler): Promise<void> {
    try {
      this.signal.throwIfAborted();
      const returned = await Promise.race([handler(this), this.#stopped()]);
      this.#result = typeof returned === "string" ? returned : undefined;
    } catch (thrown) {
      this.#failure = failureOf(thrown, this.agent.name);
    }
  }

  /** Gives why the handler failed, if it did. */
  get failure(): ParleyError | undefined {
    return this.#failure;
  }

  /** Sends what ends this request, once `run()` is over. Resolves when it is stored. Throws what the bus refuses with. */
  async finish(): Promise<void> {
    const text = this.#result ?? this.#live.text;
    if (this.#sent) return await this.#sent;
    if (this.#failure) return await this.#fail(this.#failure, this.#live.text);
    if (text === "" && this.#result === undefined) return;
    try {
      await this.reply(text);
    } catch (thrown) {
      const error = ParleyError.from(thrown);
      if (error.code !== "too_large") throw error;
      await this.#fail(error, text.slice(0, KEPT_OF_TOO_LARGE));
    }
  }

  /** Frees what the reply held. */
  [Symbol.dispose](): void {
    this.parts.replies.end(this.#live);
  }

  /** A reply that its reader stopped is a whole one, as far as it goes; any other failure is told. */
  #fail(error: ParleyError, written: string): Promise<void> {
    if (error === stopped() && written !== "") return this.reply(written);
    return this.parts.publish(errorTo(this.message, this.author, { error, written }));
  }

  #stopped(): Promise<never> {
    return new Promise((_, reject) =>
      this.signal.addEventListener("abort", () => reject(this.signal.reason), { once: true })
    );
  }
}

/** Why a reply ends whose reader asked for no more of it. */
export const stopped = once(() =>
  new ParleyError("cancelled", "The reply was stopped before anything of it was written.")
);

/** Why a reply ends whose agent ends; the request is given to the agent again when it is back. */
export const ending = once(() =>
  new ParleyError("unavailable", "The agent ended before the reply was written.")
);

/**
 * Makes the one error when it is first asked for. While a bundle of some megabytes is still being evaluated, an error
 * takes 30 ms: the engine parses the whole file again to say on which line it stands.
 */
function once(make: () => ParleyError): () => ParleyError {
  let made: ParleyError | undefined;
  return () => made ??= make();
}
