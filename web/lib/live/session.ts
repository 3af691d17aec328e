/** A page's session with the server: registers, comes back by itself, sends what waits, and tells what arrives. */
import type { Message } from "../../../shared/model/message.ts";
import type { Keep } from "./keep.ts";
import type { Draft, Outbox } from "../chat/outbox.ts";
import { mayComeBack, pauseMs } from "./reconnect.ts";
import { NOTHING_SEEN, resumePoint, saw, type Seen } from "./resume_point.ts";

/** How the connection is. `retryAtMs` is when the next try begins. */
export type Link =
  | { state: "connecting" }
  | { state: "open" }
  | { state: "waiting"; retryAtMs: number }
  | { state: "refused" };

export interface SessionOptions {
  url: string;
  /** Where the session's token and place are kept. */
  storage: Keep;
  outbox: Outbox;
  onLink(link: Link): void;
  onFrame(frame: Message): void;
  /** The page is registered; with `missed`, it must read over HTTP what no frame will bring. */
  onRegistered(missed: boolean): void;
  /** The server refused a frame for its length: these may be the one. */
  onTooLong(drafts: Draft[]): void;
}

const TOKEN = "parley.session_token";
const SEQ = "parley.last_seq";
/** The server speaks every 10 s; a connection that is silent for longer than this is taken for dead. */
const SILENCE_MS = 25_000;
const TOO_LONG = 1009;

/** Keeps one connection open from `start()` to `stop()`. */
export class Session {
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #registered = false;
  /** Its own: another tab that was opened at the same time may have put that of another session into the storage. */
  #token: string | undefined;
  #seen: Seen | undefined;
  /** The number that the last registration asked to go on after. */
  #asked: number | undefined;
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Connects now, whatever the pause. */
  start(): void {
    this.#cut();
    this.#options.onLink({ state: "connecting" });
    const socket = new WebSocket(this.#options.url);
    this.#socket = socket;
    socket.onopen = () => this.#register();
    socket.onmessage = ({ data }) => this.#socket === socket && this.#receive(String(data));
    socket.onclose = ({ code }) => this.#socket === socket && this.#lost(code);
    this.#listenForSilence();
  }

  stop(): void {
    this.#cut();
  }

  /** Sends a message, now or as soon as there is a connection again; it is kept until the server has it. */
  send(draft: Draft): void {
    this.#options.outbox.add(draft);
    if (this.#registered) this.#write(draft);
  }

  /** Sends something that is worth nothing later. Gives false when there is no connection now. */
  tell(frame: object): boolean {
    if (this.#registered) this.#write(frame);
    return this.#registered;
  }

  #register(): void {
    const { storage } = this.#options;
    const token = this.#token ?? storage.getItem(TOKEN);
    this.#asked = this.#seen?.last ?? number(storage.getItem(SEQ));
    this.#write({
      message_type: "REGISTER_FRONTEND",
      frontend_name: "Dashboard",
      ...(token ? { session_token: token, last_seq: this.#asked } : {}),
    });
  }

  #receive(data: string): void {
    this.#listenForSilence();
    const frame = parsed(data);
    if (!frame) return;
    if (frame.message_type === "REGISTER_FRONTEND_RESPONSE") return this.#welcome(frame);
    if (frame.code === "unauthenticated" && !this.#registered) {
      this.#token = undefined;
      this.#options.storage.removeItem(TOKEN);
    }
    this.#remember(frame);
    this.#options.outbox.settle(frame);
    this.#options.onFrame(frame);
  }

  #welcome(frame: Message): void {
    const { storage, outbox } = this.#options;
    const isNewPage = this.#seen === undefined;
    const startsAnew = !frame.resumed || frame.gap === true;
    if (typeof frame.session_token === "string") this.#token = frame.session_token;
    if (!frame.resumed && this.#token) storage.setItem(TOKEN, this.#token);
    if (startsAnew) {
      this.#seen = NOTHING_SEEN;
      if (this.#isKept()) storage.removeItem(SEQ);
    }
    this.#seen ??= { last: this.#asked ?? 0, open: {} };
    this.#attempt = 0;
    this.#registered = true;
    this.#options.onLink({ state: "open" });
    this.#options.onRegistered(isNewPage || startsAnew);
    for (const draft of outbox.list()) this.#write(draft);
  }

  /** Keeps the place in the storage, so that a reload goes on from there. */
  #remember(frame: Message): void {
    if (typeof frame.seq !== "number") return;
    this.#seen = saw(this.#seen ?? NOTHING_SEEN, frame);
    if (this.#isKept()) this.#options.storage.setItem(SEQ, String(resumePoint(this.#seen)));
  }

  /** Tells whether the session in the storage is this one. */
  #isKept(): boolean {
    return this.#options.storage.getItem(TOKEN) === this.#token;
  }

  #lost(code: number): void {
    if (code === TOO_LONG && this.#registered) this.#options.onTooLong(this.#options.outbox.list());
    this.#cut();
    if (!mayComeBack(code)) return this.#options.onLink({ state: "refused" });
    const pause = pauseMs(this.#attempt++, Math.random());
    this.#options.onLink({ state: "waiting", retryAtMs: Date.now() + pause });
    this.#timer = setTimeout(() => this.start(), pause);
  }

  #listenForSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(1006), SILENCE_MS);
  }

  #cut(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#registered = false;
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #write(frame: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}

/** Without a number the server goes on from now: a page that is opened anew reads what was before over HTTP. */
function number(text: string | null): number | undefined {
  return text === null ? undefined : Number(text) || 0;
}

function parsed(data: string): Message | undefined {
  try {
    const frame = JSON.parse(data);
    return typeof frame?.message_type === "string" ? frame : undefined;
  } catch {
    return undefined;
  }
}
