/** One question over a WebSocket, until its answer is there: shown as it is written, stopped by Ctrl-C or a closed output. */
import { ParleyError } from "../shared/error.ts";
import { Answer } from "./answer.ts";
import { EXIT } from "./exit_code.ts";
import { isOutputOver } from "./fault.ts";
import type { Screen } from "./screen.ts";
import { errorOf, Session } from "./session.ts";
import type { Frame } from "./socket.ts";
import type { Workplace } from "./workplace.ts";

/** How long stopping a reply may take, in milliseconds. */
const STOPPING_MS = 2_000;

export interface TalkOptions extends Pick<Workplace, "config" | "screen" | "signal"> {
  timeoutS: number;
}

export class Talk {
  readonly #end = new AbortController();
  readonly #session: Session;
  readonly #answer = new Answer();
  readonly #filter: ReturnType<Screen["filter"]>;
  #replyId: unknown;
  /** Where it is said, once the server has told. */
  conversationId: string | undefined;
  #isAccepted = false;
  #isShown = false;
  /** Why nothing can be shown any more. */
  #outputFault: unknown;

  constructor(readonly message: { message_id: string }, readonly options: TalkOptions) {
    const { config, screen } = options;
    this.#session = new Session({ ...config, signal: this.#end.signal });
    this.#filter = screen.filter("out", { colours: false });
  }

  async run(): Promise<number> {
    const { signal, timeoutS } = this.options;
    const late = AbortSignal.timeout(timeoutS * 1_000);
    const stop = AbortSignal.any([signal, late]);
    stop.addEventListener("abort", () => this.#stop(), { once: true });
    if (stop.aborted) this.#stop();
    try {
      for await (const event of this.#session.events()) {
        if (event.kind === "lost") this.#say(`${event.reason} Trying again.`);
        if (event.kind === "open") this.#ask(event.missed);
        const code = event.kind === "frame" ? this.#hear(event.frame) : undefined;
        if (code === undefined) continue;
        if (this.#outputFault) throw this.#outputFault;
        return code;
      }
    } finally {
      this.#end.abort();
      this.#close();
    }
    if (this.#outputFault) throw this.#outputFault;
    if (signal.aborted) return EXIT.interrupted;
    throw new ParleyError("timeout", `There was no answer within ${timeoutS} s. It was told to stop.`);
  }

  /** What the server is not known to have is sent again: it takes an id once. */
  #ask(missed: boolean): void {
    if (!this.#isAccepted) return this.#session.send(this.message);
    if (missed) {
      const where = this.conversationId
        ? ` The answer may stand in the conversation ${this.conversationId}.`
        : "";
      throw new ParleyError("unavailable", `The server does not know this session any more.${where}`);
    }
  }

  /** Gives the exit code once nothing more is to come. */
  #hear(frame: Frame): number | undefined {
    if (frame.message_type === "STOP_REPLY") {
      return this.options.signal.aborted ? EXIT.interrupted : this.#late();
    }
    const { message_id: id } = this.message;
    if (frame.message_id !== id && frame.in_reply_to_message_id !== id) return;
    const { screen } = this.options;
    if (screen.options.json) this.#write(() => screen.line(frame));
    switch (frame.message_type) {
      case "TEXT":
        return this.#on(frame);
      case "REPLY_CHUNK":
        return this.#piece(frame);
      case "REPLY":
        return this.#finish(frame);
      case "ERROR":
        throw errorOf(frame);
    }
  }

  #late(): number | undefined {
    this.#end.abort();
    return undefined;
  }

  #on(frame: Frame): undefined {
    this.#isAccepted = true;
    this.conversationId = String(frame.conversation_id ?? "");
  }

  #piece({ message_id, attempt, sequence, text_payload }: Frame): undefined {
    this.#replyId = message_id;
    const piece = {
      attempt: Number(attempt ?? 1),
      sequence: Number(sequence ?? 0),
      text: String(text_payload ?? ""),
    };
    this.#show(this.#answer.take(piece));
  }

  #finish({ text_payload }: Frame): number {
    const { rest, isOther } = this.#answer.finish(String(text_payload ?? ""));
    if (isOther) {
      this.#show("\n\n");
      this.#say("The answer was begun anew: what stands above the empty line does not count.");
    }
    this.#show(rest.endsWith("\n") ? rest : rest + "\n");
    return EXIT.ok;
  }

  #show(text: string): void {
    const { screen } = this.options;
    if (screen.options.json || text === "") return;
    this.#isShown = !text.endsWith("\n");
    this.#write(() => screen.out(this.#filter.write(text)));
  }

  /** An answer that nobody reads is stopped. */
  #write(write: () => void): void {
    if (this.#outputFault) return;
    try {
      write();
    } catch (thrown) {
      if (!isOutputOver(thrown)) throw thrown;
      this.#outputFault = thrown;
      this.#stop();
    }
  }

  #say(sentence: string): void {
    this.#close();
    this.options.screen.say(sentence);
  }

  /** What is said next begins on a line of its own. */
  #close(): void {
    if (this.#isShown && this.options.screen.isTerminal) this.options.screen.err("\n");
    this.#isShown = false;
  }

  /** Tells the agent to stop, and waits a little for it to be told. */
  #stop(): void {
    const about = { in_reply_to_message_id: this.message.message_id, message_id: this.#replyId };
    this.#session.send({ message_type: "STOP_REPLY", ...about });
    setTimeout(() => this.#end.abort(), STOPPING_MS);
  }
}
