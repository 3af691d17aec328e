/** A frontend that asks, waits for the answer, and takes the time: one question at a time, or many at once. */
import { newId } from "../../shared/model/id.ts";

export interface Figures {
  p50Ms: number;
  p99Ms: number;
  perSecond: number;
}

const TEXT = "How are you today? ".repeat(5);

/** Opens a frontend on `url`; `register` is false for the bare server, which knows no registration. */
export class Client {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, () => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(data)));
  }

  static async open(url: string, register: boolean): Promise<Client> {
    const socket = new WebSocket(url);
    await once(socket, "open");
    const client = new Client(socket);
    if (register) {
      socket.send(JSON.stringify({ message_type: "REGISTER_FRONTEND", frontend_name: "Bench" }));
      await once(socket, "message");
    }
    return client;
  }

  /** Makes `count` round trips, `inFlight` at a time, each lane a conversation of its own. */
  async measure(count: number, inFlight: number): Promise<Figures> {
    const times: number[] = [];
    let left = count;
    const lane = async () => {
      const conversation = newId("conv");
      while (left-- > 0) {
        const startedAt = performance.now();
        await this.#ask(conversation);
        times.push(performance.now() - startedAt);
      }
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: inFlight }, lane));
    return figuresOf(times, performance.now() - startedAt);
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, "close");
    this.#socket.close();
    await closed;
  }

  #ask(conversation: string): Promise<void> {
    const id = newId("msg");
    const answered = new Promise<void>((resolve) => this.#waiting.set(id, resolve));
    this.#socket.send(JSON.stringify({
      message_type: "TEXT",
      message_id: id,
      conversation_id: conversation,
      text_payload: TEXT,
      send_timestamp: new Date().toISOString(),
    }));
    return answered;
  }

  #receive(frame: Record<string, unknown>): void {
    if (frame.message_type === "ERROR") throw new Error(`the system answered: ${JSON.stringify(frame)}`);
    if (frame.message_type !== "REPLY") return;
    const id = frame.in_reply_to_message_id as string;
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }
}

function figuresOf(times: number[], totalMs: number): Figures {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50Ms: at(0.5), p99Ms: at(0.99), perSecond: times.length / (totalMs / 1000) };
}

function once(socket: WebSocket, event: "open" | "close" | "message"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.addEventListener(event, () => resolve(), { once: true });
    socket.addEventListener("error", () => reject(new Error("the WebSocket failed")), { once: true });
  });
}
