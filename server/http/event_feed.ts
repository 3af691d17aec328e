/** A stream of server-sent events to one reader, which holds nobody up however slowly it is read. */
import type { WatcherSink } from "../watchers.ts";

/** Bytes that may wait to be read before a reader counts as behind. */
const BEHIND = 64 * 1024;
/** A reader that hears nothing for much longer knows that the connection is dead, in milliseconds. */
const SIGN_MS = 10_000;

/** One reader's stream, which ends when the reader leaves or the server does. */
export class EventFeed<News> implements WatcherSink<News> {
  static readonly HEADERS = { "content-type": "text/event-stream; charset=utf-8" };
  readonly stream: ReadableStream<Uint8Array>;
  readonly #dataOf: (news: News) => string | undefined;
  readonly #encoder = new TextEncoder();
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #resources: DisposableStack | undefined = new DisposableStack();
  #drained: PromiseWithResolvers<boolean> | undefined;

  /** `dataOf` writes news on one line, or gives nothing where this reader does not want them. */
  constructor(dataOf: (news: News) => string | undefined) {
    this.#dataOf = dataOf;
    this.stream = new ReadableStream<Uint8Array>({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#wake(true),
      cancel: () => this.#end(),
    }, { highWaterMark: BEHIND, size: (chunk) => chunk.byteLength });
  }

  /** Sends what `watch` gives, until the reader leaves or `closing` aborts. */
  begin(watch: (sink: this) => Disposable, closing: AbortSignal): void {
    const close = () => this.#end();
    const sign = setInterval(() => this.#write(": still here\n\n"), SIGN_MS);
    this.#resources!.defer(() => clearInterval(sign));
    closing.addEventListener("abort", close, { once: true });
    this.#resources!.defer(() => closing.removeEventListener("abort", close));
    // At once, so that the reader knows that it is listened to.
    this.#write(": here\n\n");
    this.#resources!.use(watch(this));
    if (closing.aborted) this.#end();
  }

  send(news: News): void {
    const data = this.#dataOf(news);
    if (data !== undefined) this.#write(`data: ${data}\n\n`);
  }

  get isBehind(): boolean {
    return (this.#controller.desiredSize ?? 0) <= 0;
  }

  async caughtUp(): Promise<boolean> {
    if (!this.#resources || !this.isBehind) return this.#resources !== undefined;
    this.#drained ??= Promise.withResolvers();
    return await this.#drained.promise;
  }

  #write(text: string): void {
    if (this.#resources) this.#controller.enqueue(this.#encoder.encode(text));
  }

  #wake(isOpen: boolean): void {
    this.#drained?.resolve(isOpen);
    this.#drained = undefined;
  }

  #end(): void {
    const resources = this.#resources;
    if (!resources) return;
    this.#resources = undefined;
    resources.dispose();
    this.#wake(false);
    try {
      this.#controller.close();
    } catch { /* its reader has left */ }
  }
}
