/** Reading a stream of server-sent events of a real server, for tests. */
import assert from "node:assert/strict";
import type { Frame } from "../../testing/client.ts";
import type { Hub } from "../../testing/hub.ts";

/** One stream that is read as a test asks for it. Disposing leaves it. */
export class Events<Item = Frame> implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #itemOf: (frame: Frame) => Item;
  readonly #items: Item[] = [];
  #rest = "";

  private constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>, itemOf: (frame: Frame) => Item) {
    this.#reader = body.pipeThrough(new TextDecoderStream()).getReader();
    this.#itemOf = itemOf;
  }

  /** Opens `path`, whose frames `itemOf` reads. */
  static async open<Item>(
    hub: Hub,
    path: string,
    itemOf: (frame: Frame) => Item,
    headers: Record<string, string> = {},
  ): Promise<Events<Item>> {
    const response = await fetch(`${hub.http}${path}`, { headers });
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    return new Events(response.body!, itemOf);
  }

  /** Gives the next item that fits. Throws where the stream ends before. */
  async next(fits: (item: Item) => boolean = () => true): Promise<Item> {
    for (;;) {
      for (let item = this.#items.shift(); item; item = this.#items.shift()) if (fits(item)) return item;
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("the stream has ended");
      const lines = (this.#rest + value).split("\n");
      this.#rest = lines.pop()!;
      for (const line of lines) {
        if (line.startsWith("data: ")) this.#items.push(this.#itemOf(JSON.parse(line.slice(6))));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel();
  }
}
