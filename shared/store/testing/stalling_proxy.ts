/** A TCP proxy that can stand still without closing anything, as a server or a network does that hangs. */

export interface StallingProxy extends AsyncDisposable {
  port: number;
  /** Passes nothing on any more. */
  stall(): void;
}

/** Listens on a free port of the loopback and passes everything on to `target`, until it is stalled or disposed of. */
export function openStallingProxy(target: { hostname: string; port: number }): StallingProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const end = Promise.withResolvers<void>();
  const connections: Deno.Conn[] = [];
  let isStalled = false;
  const pump = async (from: Deno.Conn, to: Deno.Conn) => {
    try {
      for await (const bytes of from.readable) {
        if (isStalled) await end.promise;
        await new Blob([bytes]).stream().pipeTo(to.writable, { preventClose: true });
      }
    } catch {
      // Either side has gone.
    }
    connections.splice(0).forEach(closeQuietly);
  };
  const pumps: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const near of listener) {
      const far = await Deno.connect(target);
      connections.push(near, far);
      pumps.push(pump(near, far), pump(far, near));
    }
  })();
  return {
    port: listener.addr.port,
    stall: () => isStalled = true,
    async [Symbol.asyncDispose]() {
      listener.close();
      end.resolve();
      connections.splice(0).forEach(closeQuietly);
      await Promise.all([accepting, ...pumps]);
    },
  };
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed before.
  }
}
