// A peer's plain WebSocket, with what arrived kept for the tests.

import { DEADLINE_MS, Inbox } from "./inbox.ts";
import { type Message, shows } from "./message.ts";

/** Speaks one JSON object a text frame; owns the socket until it is disposed. */
export class Socket implements AsyncDisposable {
  readonly frames: Inbox<Message>;
  /** Resolves with the close code once the socket is closed, whoever closed it. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;

  private constructor(name: string, socket: WebSocket) {
    this.frames = new Inbox(name);
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.addEventListener("close", (event) => resolve(event.code)));
    this.closed.then((code) => this.frames.close(`the socket was closed with ${code}`));
    socket.addEventListener("message", (event) => this.frames.push(JSON.parse(event.data)));
  }

  /** Connects to `url`; `name` tells the sockets of a test apart when one of them misses a frame. */
  static async open(url: string, name: string): Promise<Socket> {
    const socket = new Socket(name, new WebSocket(url));
    await new Promise<void>((resolve, reject) => {
      socket.#socket.addEventListener("open", () => resolve());
      socket.closed.then((code) =>
        reject(new Error(`${name}: ${url} was closed with ${code} while opening`))
      );
    });
    return socket;
  }

  send(message: Message): void {
    this.sendRaw(JSON.stringify(message));
  }

  /** Sends a text frame as it stands, for what no well-behaved client would send. */
  sendRaw(text: string): void {
    this.#socket.send(text);
  }

  /** Sends what `frame` holds and resolves with the answer of type `type`. */
  ask(frame: Message, type: string): Promise<Message> {
    this.send(frame);
    return this.next(type);
  }

  /** Takes the next frame of `type` that also satisfies `match`. */
  next(type: string, match = (_frame: Message) => true, withinMs = DEADLINE_MS): Promise<Message> {
    return this.frames.take(type, (frame) => frame.message_type === type && match(frame), withinMs);
  }

  /** Takes the next `AGENT_STATUS_UPDATE` that shows `agentId` online, or offline. */
  presence(agentId: string, online: boolean, withinMs = DEADLINE_MS): Promise<Message> {
    return this.next("AGENT_STATUS_UPDATE", (frame) => shows(frame, agentId, online), withinMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}
