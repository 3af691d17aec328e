/** A way between an agent and its server that can fall silent: nothing is closed, and nothing gets through any more. */

/** Listens, and passes on to `port` on this machine until it is cut. Disposing closes everything. */
export class Proxy implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #ends = new Set<Deno.Conn>();
  #isCut = false;

  constructor(private readonly port: number) {
    void this.#accept();
  }

  get ownPort(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** From now on nothing is passed on, as when a cable is pulled. */
  cut(): void {
    this.#isCut = true;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const end of this.#ends) closed(end);
  }

  async #accept(): Promise<void> {
    for await (const inner of this.#listener) {
      this.#ends.add(inner);
      if (this.#isCut) continue;
      const outer = await Deno.connect({ hostname: "127.0.0.1", port: this.port });
      this.#ends.add(outer);
      inner.setNoDelay(true);
      outer.setNoDelay(true);
      void this.#pass(inner, outer);
      void this.#pass(outer, inner);
    }
  }

  async #pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const length = await from.read(buffer);
        if (this.#isCut) return;
        if (length === null) return closed(to);
        for (let at = 0; at < length;) at += await to.write(buffer.subarray(at, length));
      }
    } catch { /* One of them is closed. */ }
  }
}

function closed(end: Deno.Conn): void {
  try {
    end.close();
  } catch { /* It is closed already. */ }
}
