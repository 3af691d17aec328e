/** A command from its start to its end: what it prints is shown as it comes, and Ctrl-C or a closed output cancels it. */
import { ParleyError } from "../shared/error.ts";
import { type CommandRecord, isEnded } from "../shared/model/command.ts";
import { pause, reconnectPauseMs } from "../shared/pause.ts";
import { Api } from "./api.ts";
import { EXIT } from "./exit_code.ts";
import { isOutputOver } from "./fault.ts";
import { codeOf, sentenceOf } from "./ending.ts";
import { lineByLine, oneLine } from "./format/harmless.ts";
import { duration } from "./format/time.ts";
import { type Piece, Printed } from "./printed.ts";
import type { Screen } from "./screen.ts";
import { errorOf, Session, type SessionEvent } from "./session.ts";
import type { Frame } from "./socket.ts";
import type { Workplace } from "./workplace.ts";

export interface Order {
  agentId: string;
  /** The body of the request. */
  body: { command_id: string };
}

/** How long an agent may take to end what is cancelled, in milliseconds. */
const CANCELLING_MS = 15_000;
/** How often a command is sent before its server is given up. */
const MOST_TRIES = 5;

export class Following {
  readonly #end = new AbortController();
  readonly #session: Session;
  readonly #printed = new Printed();
  readonly #filters: { out: ReturnType<Screen["filter"]>; err: ReturnType<Screen["filter"]> };
  #told: string | undefined;
  #isAccepted = false;
  #isCancelled = false;
  #hasErrors = false;
  #isMidLine = false;

  constructor(readonly order: Order, readonly workplace: Workplace) {
    const { config, screen } = workplace;
    this.#session = new Session({ ...config, signal: this.#end.signal });
    this.#filters = { out: screen.filter("out"), err: screen.filter("err") };
  }

  /** Resolves with the exit code once the command has ended. Throws what the server says where it never began. */
  async run(): Promise<number> {
    const { signal } = this.workplace;
    const cancel = () => void this.#cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      for await (const event of this.#session.events()) {
        const code = await this.#happened(event);
        if (code !== undefined) return signal.aborted ? EXIT.interrupted : code;
      }
      return EXIT.interrupted;
    } catch (thrown) {
      // A program whose reader is gone is ended by its next write; so is this one.
      if (isOutputOver(thrown)) await this.#cancel();
      throw thrown;
    } finally {
      signal.removeEventListener("abort", cancel);
      this.#end.abort();
      this.#finishOutput();
    }
  }

  async #happened(event: SessionEvent): Promise<number | undefined> {
    if (event.kind === "lost") return this.#say(`${event.reason} Trying again; the command goes on.`);
    if (event.kind === "open") return this.#subscribe();
    return await this.#hear(event.frame);
  }

  /** Before the command is sent, the agent's commands are listened to, so that nothing it prints is missed. */
  #subscribe(): undefined {
    const { agentId, body: { command_id } } = this.order;
    const what = this.#isAccepted ? { command_id } : { agent_id: agentId };
    this.#session.send({ message_type: "SUBSCRIBE_COMMANDS", ...what });
    // Frames are read in order: the answer to this one says that the one before is known.
    if (!this.#isAccepted) this.#session.send({ message_type: "PING" });
  }

  async #hear(frame: Frame): Promise<number | undefined> {
    if (frame.message_type === "PONG" && !this.#isAccepted) return await this.#start();
    if (frame.message_type === "ERROR" && frame.in_reply_to_message_id === undefined) throw errorOf(frame);
    if (frame.message_type === "COMMAND_OUTPUT" && this.#isOurs(frame)) this.#print(frame);
    if (frame.message_type !== "COMMAND_UPDATE") return;
    const record = frame.command as CommandRecord;
    return this.#isOurs(record) ? this.#changed(record, frame) : undefined;
  }

  async #start(): Promise<undefined> {
    await this.#post();
    this.#isAccepted = true;
    if (this.workplace.signal.aborted) await this.#cancel();
  }

  /**
   * Sends the command; where the connection broke, again: its id is ours, and it is run once. Ctrl-C does not break it
   * off, since what may have begun is to be cancelled.
   */
  async #post(): Promise<void> {
    const { agentId, body } = this.order;
    const path = `/api/agents/${encodeURIComponent(agentId)}/commands`;
    for (let failures = 0;; failures++) {
      try {
        return await this.#api().post(path, body);
      } catch (thrown) {
        const { code } = ParleyError.from(thrown);
        if (code === "conflict" && failures > 0) return;
        if (code !== "unavailable" || failures === MOST_TRIES - 1) throw thrown;
        await pause(reconnectPauseMs(failures + 1));
      }
    }
  }

  /** Asks as the session that watches, which sees what is its own. */
  #api(): Api {
    return new Api({ ...this.workplace.config, token: this.#session.token });
  }

  #changed(record: CommandRecord, frame: Frame): number | undefined {
    const { screen } = this.workplace;
    const wasBroken = this.#printed.isBroken;
    this.#catchUp(this.#printed.whole(record));
    if (this.#printed.isBroken && !wasBroken) this.#say("Some output is missing; it is shown at the end.");
    if (screen.options.json) screen.line(frame);
    if (!isEnded(record.status)) return this.#tell(record);
    const sentence = sentenceOf(record);
    if (sentence) this.#say(sentence);
    this.#sayMissing(record);
    return codeOf(record);
  }

  /** What pieces did not bring is known as a whole alone, whichever way it was printed. */
  #catchUp(rest: string): void {
    this.#show(rest, "out");
    if (rest !== "" && this.#hasErrors) this.#say("What was caught up with here may be standard error, too.");
  }

  #sayMissing({ command_id }: CommandRecord): void {
    const { missingBytes, isIncomplete } = this.#printed;
    if (missingBytes > 0) {
      this.#say(`The output was too long: ${missingBytes} bytes of its middle are missing.`);
    }
    if (!isIncomplete) return;
    this.#say("Some output is missing here. What is kept:");
    this.#say(`  deno task cli -- commands ${command_id}`);
  }

  /** Says what the command waits for, once. */
  #tell({ status, approval, command_id }: CommandRecord): undefined {
    const news = `${status} ${approval?.digest}`;
    if (news === this.#told) return;
    this.#told = news;
    if (status === "waiting") this.#say("The agent is offline; the command waits for it.");
    if (status !== "awaiting_approval") return;
    const inMs = Date.parse(approval?.expires_at ?? "") - Date.now();
    const within = inMs > 0 ? `, within ${duration(inMs)}` : "";
    this.#say(`A person has to approve this${within}: ${lineByLine(approval?.description ?? "")}`);
    this.#say(`  deno task cli -- approve ${oneLine(command_id)}`);
  }

  #print(frame: Frame): void {
    const { sequence, text, stream } = frame as unknown as Piece;
    if (this.workplace.screen.options.json) this.workplace.screen.line(frame);
    this.#hasErrors ||= stream === "stderr";
    this.#show(this.#printed.piece({ sequence, text }), stream === "stderr" ? "err" : "out");
  }

  #show(text: string, to: "out" | "err"): void {
    const { screen } = this.workplace;
    if (screen.options.json || text === "") return;
    screen[to](this.#filters[to].write(text));
    this.#isMidLine = !text.endsWith("\n");
  }

  #finishOutput(): void {
    const { screen } = this.workplace;
    screen.out(this.#filters.out.end());
    screen.err(this.#filters.err.end());
  }

  #say(sentence: string): undefined {
    const { screen } = this.workplace;
    if (this.#isMidLine && screen.isTerminal) screen.err("\n");
    this.#isMidLine = false;
    screen.say(sentence);
  }

  /** Asks for the end, which the command's own last update tells; an agent that does not answer is not waited for. */
  async #cancel(): Promise<void> {
    if (!this.#isAccepted) return this.#end.abort();
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    setTimeout(() => this.#end.abort(), CANCELLING_MS);
    const path = `/api/commands/${encodeURIComponent(this.order.body.command_id)}/cancel`;
    await this.#api().post(path).catch((error) => {
      // It has ended meanwhile, which its last update tells.
      if (ParleyError.from(error).code === "conflict") return;
      this.#say(`It could not be cancelled: ${error.message}`);
      this.#end.abort();
    });
  }

  #isOurs({ command_id }: Frame | CommandRecord): boolean {
    return command_id === this.order.body.command_id;
  }
}
