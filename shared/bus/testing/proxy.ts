/** A TCP proxy that a test can cut, as a broken network would. */

export interface Proxy extends AsyncDisposable {
  port: number;
  /** Breaks every connection that runs through it; new ones get through, unless `refuse`. */
  cut(options?: { refuse?: boolean }): Promise<void>;
  /** Lets new connections through again. */
  mend(): void;
}

/** Listens on a free port of the loopback and passes everything on to `target`. */
export function openProxy(target: { hostname: string; port: number }): Proxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const pairs = new Set<Pair>();
  let refuses = false;
  const accepting = (async () => {
    for await (const near of listener) {
      if (refuses) {
        near.close();
        continue;
      }
      const pair = new Pair(near, target);
      pairs.add(pair);
      pair.over.then(() => pairs.delete(pair));
    }
  })();
  const cut = async ({ refuse = false } = {}) => {
    refuses ||= refuse;
    await Promise.all([...pairs].map((pair) => pair.break()));
  };
  return {
    port: listener.addr.port,
    cut,
    mend: () => refuses = false,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await cut({ refuse: true });
    },
  };
}

/** One connection through the proxy. */
class Pair {
  readonly over: Promise<void>;
  #far: Deno.Conn | undefined;
  #isBroken = false;

  constructor(readonly near: Deno.Conn, target: { hostname: string; port: number }) {
    this.over = this.#run(target);
  }

  async break(): Promise<void> {
    this.#isBroken = true;
    close(this.near);
    close(this.#far);
    await this.over;
  }

  async #run(target: { hostname: string; port: number }): Promise<void> {
    try {
      this.#far = await Deno.connect(target);
      if (this.#isBroken) return;
      await Promise.race([
        this.near.readable.pipeTo(this.#far.writable),
        this.#far.readable.pipeTo(this.near.writable),
      ]);
    } catch {
      // A broken pair is what the proxy is for.
    } finally {
      close(this.near);
      close(this.#far);
    }
  }
}

function close(connection: Deno.Conn | undefined): void {
  try {
    connection?.close();
  } catch {
    // Closed before.
  }
}
