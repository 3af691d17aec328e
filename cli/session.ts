/** A frontend's session: registers, and comes back by itself with what was missed. */
import { isErrorCode, ParleyError, retryable } from "../shared/error.ts";
import { pause, reconnectPauseMs } from "../shared/pause.ts";
import { unreachable } from "./api.ts";
import { type Frame, Socket } from "./socket.ts";

/** What happens in a session. `missed`: frames are gone, because the server does not know the session any more. */
export type SessionEvent =
  | { kind: "open"; isFirst: boolean; missed: boolean }
  | { kind: "frame"; frame: Frame }
  | { kind: "lost"; reason: string };

export interface SessionOptions {
  socketUrl: string;
  token?: string | undefined;
  /** Ends the session. */
  signal: AbortSignal;
}

const NAME = "command line";

export class Session {
  /** The session's own token, for what is asked over HTTP meanwhile. */
  token: string | undefined;
  #lastSeq = 0;
  #socket: Socket | undefined;
  #wasOpen = false;
  #isOpen = false;

  constructor(private readonly options: SessionOptions) {
    this.token = options.token;
  }

  /** Sends a frame now; while the connection is lost it goes nowhere. */
  send(frame: object): void {
    this.#socket?.send(frame);
  }

  /**
   * Connects, and gives what happens until the signal aborts. A connection that is lost is opened again, however often
   * it takes; `lost` is told once for that. Throws `unavailable` when there is no server at first, and what the server
   * says when it does not want this client.
   */
  async *events(): AsyncGenerator<SessionEvent> {
    const { signal } = this.options;
    for (let failures = 0; !signal.aborted; failures++) {
      if (failures > 0) await pause(reconnectPauseMs(failures), signal);
      if (signal.aborted) return;
      for await (const event of this.#connection()) {
        if (event.kind === "open") failures = 0;
        if (event.kind !== "lost" || failures === 0) yield event;
      }
    }
  }

  /** One connection, from its opening to its end. */
  async *#connection(): AsyncGenerator<SessionEvent> {
    const { socketUrl, signal } = this.options;
    const socket = await Socket.open(socketUrl).catch((error) => {
      if (!this.#wasOpen) throw error;
    });
    if (!socket) return yield { kind: "lost", reason: "No server answers." };
    const end = () => socket[Symbol.dispose]();
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    try {
      this.#socket = socket;
      this.#isOpen = false;
      socket.send(this.#registration());
      for await (const frame of socket.frames()) yield* this.#hear(frame);
      if (!signal.aborted) yield this.#lost(socket.closed!);
    } finally {
      signal.removeEventListener("abort", end);
      this.#socket = undefined;
      end();
    }
  }

  #registration(): object {
    const resumed = this.token ? { session_token: this.token } : {};
    const from = this.#wasOpen ? { last_seq: this.#lastSeq } : {};
    const { token } = this.options;
    return {
      message_type: "REGISTER_FRONTEND",
      frontend_name: NAME,
      ...(token ? { token } : {}),
      ...resumed,
      ...from,
    };
  }

  *#hear(frame: Frame): Generator<SessionEvent> {
    if (frame.message_type === "REGISTER_FRONTEND_RESPONSE") return yield this.#opened(frame);
    if (frame.message_type === "ERROR" && !this.#isOpen) return this.#refused(errorOf(frame));
    if (typeof frame.seq === "number") this.#lastSeq = frame.seq;
    yield { kind: "frame", frame };
  }

  #opened(frame: Frame): SessionEvent {
    const isFirst = !this.#wasOpen;
    const missed = !isFirst && (frame.resumed !== true || frame.gap === true);
    if (missed) this.#lastSeq = 0;
    this.#wasOpen = true;
    this.#isOpen = true;
    if (typeof frame.session_token === "string") this.token = frame.session_token;
    return { kind: "open", isFirst, missed };
  }

  /** A server that is not quite there yet closes the connection next, and is tried again. */
  #refused(error: ParleyError): void {
    if (!this.#wasOpen || !retryable(error.code)) throw error;
  }

  #lost({ code, reason }: { code: number; reason: string }): SessionEvent {
    if (!mayComeBack(code)) {
      throw new ParleyError("unauthenticated", reason || "The server does not let this client in.");
    }
    if (!this.#wasOpen) throw unreachable(this.options.socketUrl);
    return { kind: "lost", reason: reason || "The connection was lost." };
  }
}

/** Makes the error that an `ERROR` frame, or a failed answer, tells of. */
export function errorOf({ code, error_details, text_payload }: Frame): ParleyError {
  const sentence = [error_details, text_payload].find((text) => typeof text === "string" && text !== "");
  return new ParleyError(isErrorCode(code) ? code : "internal", String(sentence ?? "It failed."));
}

/** Tells whether a connection that was closed with `code` is to be opened again (protocol, "Close codes of our own"). */
export function mayComeBack(code: number): boolean {
  return code !== 4401 && code !== 4403 && code < 4500;
}
