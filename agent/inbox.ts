/** What an agent does with its queue: each request answered once, in the order of its conversation, then acknowledged. */
import type { Delivery, Handler, Verdict } from "../shared/bus/bus.ts";
import { ParleyError, retryable } from "../shared/error.ts";
import { logOf } from "../shared/log.ts";
import { parseMessage } from "../shared/model/codec.ts";
import { dedupeKey, MAX_HOPS, type Message } from "../shared/model/message.ts";
import { Recent } from "../shared/recent.ts";
import { replyIdOf, wentTooFar } from "./answer.ts";
import { Answering, type AnsweringParts, ending, stopped } from "./answering.ts";
import type { MessageHandler, ReplyHandler, Request } from "./context.ts";
import { Slots } from "./slots.ts";
import { isTaskRequest, refusalOf } from "./task/refusal.ts";

const log = logOf("agent", "inbox");
const REMEMBERED = 10_000;

export interface InboxOptions extends AnsweringParts {
  /** How many handlers run at once. */
  maxConcurrent: number;
  onMessage: MessageHandler;
  /** Hears the `REPLY`s and `ERROR`s that come for this agent. */
  onReply: ReplyHandler | undefined;
  /** Called when work began or ended. */
  onChange: () => void;
}

interface Running {
  answering: Answering;
  verdict: Promise<Verdict>;
}

export class Inbox {
  /** A request delivered twice is answered once (protocol, "Deduplication"). */
  readonly #finished = new Recent<true>(REMEMBERED);
  readonly #running = new Map<string, Running>();
  readonly #conversations = new Map<string, Promise<void>>();
  readonly #slots: Slots;
  #answered = 0;
  #failed = 0;

  constructor(private readonly options: InboxOptions) {
    this.#slots = new Slots(options.maxConcurrent);
  }

  /** Tells how many handlers are running, and how many requests were answered since the start. */
  get figures(): { running: number; answered: number; failed: number } {
    return { running: this.#slots.taken, answered: this.#answered, failed: this.#failed };
  }

  /** Works on one delivery; a request that is delivered again while it is answered shares that answer's verdict. */
  readonly handle: Handler = async (delivery) => {
    const message = parseMessage(delivery.envelope.body);
    const request = { ...message, message_id: message.message_id ?? delivery.envelope.id };
    const author = {
      agentId: this.options.agent.id,
      replyId: replyIdOf(request.message_id, this.options.agent.id),
    };
    // Not remembered: told twice, it changes nothing.
    if (isTaskRequest(message)) return await this.options.publish(refusalOf(request, author));
    if (message.message_type !== "TEXT") return await this.#hear(message);
    const key = dedupeKey(request);
    if (this.#finished.has(key)) return;
    const running = this.#running.get(key) ?? this.#begin(key, request, { author, delivery });
    return await running.verdict;
  };

  /** Stops the reply that `ids` name, by its own id or its request's. Tells whether there is one. */
  stopReply(ids: (string | undefined)[]): boolean {
    const found = [...this.#running.values()].filter(({ answering }) =>
      ids.some((id) => answering.isAbout(id))
    );
    for (const { answering } of found) answering.stop(stopped());
    return found.length > 0;
  }

  /** Gives up what is still being answered; the bus delivers it again. */
  abandon(): void {
    for (const { answering } of this.#running.values()) answering.stop(ending());
  }

  /** Resolves when nothing is being answered. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.all([...this.#running.values()].map(({ verdict }) => verdict));
    }
  }

  async #hear(message: Message): Promise<void> {
    const isAnswer = message.message_type === "REPLY" || message.message_type === "ERROR";
    if (isAnswer) await this.options.onReply?.(message);
  }

  #begin(
    key: string,
    request: Request,
    { author, delivery }: { author: { agentId: string; replyId: string }; delivery: Delivery },
  ): Running {
    const answering = new Answering(request, delivery.attempt, author, this.options);
    const verdict = this.#answer(answering)
      .then((verdict) => this.#end(key, answering, verdict));
    const running = { answering, verdict };
    this.#running.set(key, running);
    return running;
  }

  #end(key: string, answering: Answering, verdict: Verdict): Verdict {
    if (verdict.kind !== "retry") this.#finished.set(key, true);
    this.#running.delete(key);
    answering[Symbol.dispose]();
    this.options.onChange();
    return verdict;
  }

  async #answer(answering: Answering): Promise<Verdict> {
    await this.#inTurn(answering.message.conversation_id, () => this.#slots.use(() => this.#run(answering)));
    const { failure, message } = answering;
    if (failure === ending()) return { kind: "retry" };
    if (failure && failure !== stopped()) this.#record(failure, message);
    else this.#answered += 1;
    try {
      await answering.finish();
      return { kind: "ack" };
    } catch (thrown) {
      return verdictOf(ParleyError.from(thrown), message);
    }
  }

  async #run(answering: Answering): Promise<void> {
    this.options.onChange();
    await answering.run(wentTooFar(answering.message) ? refuse : this.options.onMessage);
  }

  #record(failure: ParleyError, { message_id: id }: Request): void {
    this.#failed += 1;
    log.warning("The answer to {id} failed: {reason}", { id, reason: failure.message, cause: failure.cause });
  }

  /** Runs `work` after what came before it in the same conversation, so that answers do not overtake each other. */
  async #inTurn(conversation: string | null | undefined, work: () => Promise<void>): Promise<void> {
    if (!conversation) return await work();
    const turn = (this.#conversations.get(conversation) ?? Promise.resolve()).then(work);
    this.#conversations.set(conversation, turn);
    await turn;
    if (this.#conversations.get(conversation) === turn) this.#conversations.delete(conversation);
  }
}

function refuse(): never {
  const sentence = `The message went through ${MAX_HOPS} agents without an end; it goes no further.`;
  throw new ParleyError("invalid_message", sentence);
}

function verdictOf(error: ParleyError, { message_id: id }: Request): Verdict {
  log.error("The answer to {id} was not accepted: {reason}", {
    id,
    reason: error.message,
    cause: error.cause,
  });
  if (retryable(error.code) || error.code === "cancelled") return { kind: "retry" };
  return { kind: "reject", code: error.code, reason: error.message };
}
