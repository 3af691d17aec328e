/** What the cases share: messages to send, and a reader whose deliveries can be waited for. */
import { newId } from "../../model/id.ts";
import type { Delivery, Envelope, Handler, MessageBus, Verdict } from "../bus.ts";

/** How long a case waits for what must come, in milliseconds; only a broken bus lets it pass. */
let patienceMs = 30_000;

/** Sets how long the cases wait; for trying the suite itself on a broken bus. */
export function setPatience(ms: number): void {
  patienceMs = ms;
}

/** Makes a queue name that nobody else uses. */
export function freshQueue(): string {
  return newId("msg").replace("msg", "case");
}

/** Makes a message whose body is JSON with `text` in it. */
export function message(text: string, more: Partial<Envelope> = {}): Envelope {
  const id = newId("msg");
  return { id, body: JSON.stringify({ message_id: id, text }), headers: {}, ...more };
}

/** Reads the text of a message that `message` made. */
export function textOf({ envelope }: Delivery): string {
  return JSON.parse(String(envelope.body)).text;
}

/** Waits for `work`. Rejects when it takes too long, saying what was waited for. */
export async function soon<T>(work: PromiseLike<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It never came: ${what}.`)), patienceMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Collects things as they happen, for who waits for the next one. */
export class Inbox<T> {
  readonly #items: T[] = [];
  readonly #waiting: ((item: T) => void)[] = [];

  put(item: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(item);
    else this.#items.push(item);
  }

  /** Takes the next thing, waiting for it. */
  next(what = "the next message"): Promise<T> {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift() as T);
    return soon(new Promise<T>((resolve) => this.#waiting.push(resolve)), what);
  }

  /** Takes the next `count` things. */
  async take(count: number): Promise<T[]> {
    const taken: T[] = [];
    while (taken.length < count) taken.push(await this.next(`message ${taken.length + 1} of ${count}`));
    return taken;
  }

  /** Takes what has come so far, without waiting. */
  rest(): T[] {
    return this.#items.splice(0);
  }
}

/** Makes a handler that acknowledges each delivery after a turn of the event loop, and an inbox of them. */
export function collecting(): { handler: Handler; inbox: Inbox<Delivery> } {
  const inbox = new Inbox<Delivery>();
  const handler: Handler = async (delivery) => {
    await turn();
    inbox.put(delivery);
  };
  return { handler, inbox };
}

/** A delivery whose reader waits to be told how it ends. */
export interface Held {
  delivery: Delivery;
  signal: AbortSignal;
  finish: (verdict?: Verdict) => void;
  fail: (error: unknown) => void;
}

/** Makes a handler that holds each delivery until the case says how it ends. */
export function holding(): { handler: Handler; inbox: Inbox<Held> } {
  const inbox = new Inbox<Held>();
  const handler: Handler = (delivery, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<Verdict | void>();
    inbox.put({ delivery, signal, finish: resolve, fail: reject });
    return promise;
  };
  return { handler, inbox };
}

/** Sends a message there and back, so that whatever was said on the way before has been heard. */
export async function fence(bus: MessageBus): Promise<void> {
  const queue = freshQueue();
  const { handler, inbox } = collecting();
  await using _subscription = await bus.consume(queue, handler);
  await bus.publish(queue, message("fence"));
  await inbox.next("the fence");
}

/** Lets one turn of the event loop pass. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when `signal` has aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
