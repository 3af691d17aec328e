/** A client on a real WebSocket, with every frame kept until a test takes it. */

/** A frame as a test reads it. */
export interface Frame {
  [field: string]: unknown;
  message_type: string;
  message_id: string;
  text_payload: string;
  agent_id: string;
  frontend_id: string;
  seq: number;
}

/** A frame as a test sends it. */
export type Sent = Partial<Frame> | string | Uint8Array<ArrayBuffer>;

/** A frame that has not come after so many milliseconds never will: a test says so instead of hanging. */
const HOPELESS_MS = 30_000;

/** Owns its socket. */
export class Client implements AsyncDisposable {
  /** Every frame so far, in order. */
  readonly frames: Frame[] = [];
  readonly closed: Promise<CloseEvent>;
  readonly #socket: WebSocket;
  #taken = new Set<Frame>();
  #waiting = new Set<() => void>();
  #isClosed = false;
  onFrame: (frame: Frame) => void = () => {};

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.closed = new Promise((resolve) => {
      this.#socket.onclose = (event) => {
        this.#isClosed = true;
        resolve(event);
        this.#wake();
      };
    });
    this.#socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      this.frames.push(frame);
      this.onFrame(frame);
      this.#wake();
    };
  }

  static async open(url: string): Promise<Client> {
    const client = new Client(url);
    await new Promise<void>((resolve, reject) => {
      client.#socket.onopen = () => resolve();
      client.#socket.onerror = () => reject(new Error(`${url} refused the socket`));
    });
    return client;
  }

  send(frame: Sent): void {
    const isRaw = typeof frame === "string" || frame instanceof Uint8Array;
    this.#socket.send(isRaw ? frame : JSON.stringify(frame));
  }

  /** Takes the first frame not taken yet that fits. Throws when the socket closes before, or none comes. */
  async next(fits: (frame: Frame) => boolean): Promise<Frame> {
    const endsAt = performance.now() + HOPELESS_MS;
    for (;;) {
      const found = this.frames.find((frame) => !this.#taken.has(frame) && fits(frame));
      if (found) {
        this.#taken.add(found);
        return found;
      }
      const why = this.#isClosed ? "closed" : performance.now() > endsAt ? "no such frame came" : undefined;
      if (why) throw new Error(`${why}, after ${JSON.stringify(this.frames)}`);
      await this.#woken(endsAt - performance.now());
    }
  }

  async #woken(atMostMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timer = setTimeout(resolve, Math.max(0, atMostMs) + 1);
    await promise;
    clearTimeout(timer);
  }

  type(type: string): Promise<Frame> {
    return this.next((frame) => frame.message_type === type);
  }

  ask(frame: Sent, type: string): Promise<Frame> {
    this.send(frame);
    return this.type(type);
  }

  /** Waits until `id` is shown with `status`. */
  status(id: string, status: string): Promise<Frame> {
    return this.next((frame) => frame.message_id === id && frame.routing_status === status);
  }

  answer(id: string, type = "REPLY"): Promise<Frame> {
    return this.next((frame) => frame.message_type === type && frame.in_reply_to_message_id === id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState <= WebSocket.OPEN) this.#socket.close();
    await this.closed;
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
