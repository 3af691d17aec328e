/** One WebSocket to the server, read frame by frame. */
import { unreachable } from "./api.ts";

/** A frame as it comes; what stands in it is for its reader to check. */
export interface Frame {
  message_type: string;
  [field: string]: unknown;
}

/** The server speaks every 10 s; a connection that is silent for longer than this is taken for dead. */
const SILENCE_MS = 25_000;
const SILENT = 4002;

/** Owns its connection. */
export class Socket implements Disposable {
  /** Why it ended; undefined while it is open. */
  closed: { code: number; reason: string } | undefined;
  readonly #socket: WebSocket;
  readonly #frames: Frame[] = [];
  #wake = Promise.withResolvers<void>();
  #silence: ReturnType<typeof setTimeout> | undefined;

  private constructor(url: string, private readonly silenceMs: number) {
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => this.#heard(String(data));
    this.#socket.onclose = ({ code, reason }) => this.#end(code, reason);
    this.#listenForSilence(SILENCE_MS);
  }

  /** Throws `unavailable` when no server answers there. */
  static async open(url: string, silenceMs: number = SILENCE_MS): Promise<Socket> {
    const socket = new Socket(url, silenceMs);
    await new Promise<void>((resolve, reject) => {
      socket.#socket.onopen = () => (socket.#listenForSilence(), resolve());
      socket.#socket.onerror = () => reject(unreachable(url));
      socket.#wake.promise.then(() => socket.closed && reject(unreachable(url)));
    });
    return socket;
  }

  /** Sends a frame; on a connection that is over it goes nowhere. */
  send(frame: object): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  /** Gives each frame in turn, until the connection is over. */
  async *frames(): AsyncGenerator<Frame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame) yield frame;
      else if (this.closed) return;
      else await this.#wake.promise;
    }
  }

  [Symbol.dispose](): void {
    this.#end(1000, "");
  }

  #heard(data: string): void {
    this.#listenForSilence();
    const frame = parsed(data);
    if (!frame) return;
    this.#frames.push(frame);
    this.#wakeUp();
  }

  #listenForSilence(silenceMs = this.silenceMs): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#end(SILENT, "The server fell silent."), silenceMs);
  }

  #end(code: number, reason: string): void {
    if (this.closed) return;
    this.closed = { code, reason };
    clearTimeout(this.#silence);
    if (this.#socket.readyState <= WebSocket.OPEN) this.#socket.close();
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

function parsed(data: string): Frame | undefined {
  try {
    const frame = JSON.parse(data);
    return typeof frame?.message_type === "string" ? frame : undefined;
  } catch {
    return undefined;
  }
}
