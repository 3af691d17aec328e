/** A person at a frontend, reduced to what the protocol says: ask, and see where the question and the answer are. */

export type Frame = Record<string, unknown> & { message_type: string };

export class Frontend implements AsyncDisposable {
  readonly frames: Frame[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      this.frames.push(JSON.parse(data));
      for (const wake of this.#waiting) wake();
    };
  }

  static async open(serverUrl: string, resume: Record<string, unknown> = {}): Promise<Frontend> {
    const socket = new WebSocket(`${serverUrl.replace("http", "ws")}/ws`);
    const frontend = new Frontend(socket);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error("The server did not accept the WebSocket."));
    });
    frontend.send({ message_type: "REGISTER_FRONTEND", frontend_name: "Ada", ...resume });
    await frontend.frame((frame) => frame.message_type === "REGISTER_FRONTEND_RESPONSE");
    return frontend;
  }

  /** Connects as soon as the server listens (again). Throws when it has not within 60 s. */
  static async comeBack(serverUrl: string, resume: Record<string, unknown>): Promise<Frontend> {
    const deadline = performance.now() + 60_000;
    for (;;) {
      try {
        return await Frontend.open(serverUrl, resume);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  send(frame: Frame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** Asks, and gives the question's id. */
  ask(text: string, more: Record<string, unknown> = {}): string {
    const id = `msg_${crypto.randomUUID().replaceAll("-", "")}`;
    this.send({ message_type: "TEXT", message_id: id, text_payload: text, ...more });
    return id;
  }

  answerTo(id: string, limitMs?: number): Promise<Frame> {
    const ends = (frame: Frame) => frame.message_type === "REPLY" || frame.message_type === "ERROR";
    return this.frame((frame) => ends(frame) && frame.in_reply_to_message_id === id, limitMs);
  }

  /** Resolves with the first frame, past or to come, that fits; rejects after `limitMs`. */
  frame(fits: (frame: Frame) => boolean, limitMs = 60_000): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.frames.find(fits);
        if (!found) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(
          new Error(`No such frame within ${limitMs} ms. Came: ${JSON.stringify(this.frames.slice(-8))}`),
        );
      }, limitMs);
      this.#waiting.add(look);
      look();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise((resolve) => this.#socket.addEventListener("close", resolve, { once: true }));
    this.#socket.close();
    await closed;
  }
}
