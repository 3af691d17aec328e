/** A cable between two processes that can be pulled: what is sent gets lost, and nobody is told. */

/** Forwards connections to a port of this machine, until it is disposed of. */
export class SilentProxy implements AsyncDisposable {
  readonly port: number;
  #isPulled = false;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.Conn>();
  readonly #running: Promise<void>;

  constructor(private readonly target: number) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#running = this.#accept();
  }

  /** Loses whatever is sent from now on; the connections stay, and new ones are taken and never answered. */
  pull(): void {
    this.#isPulled = true;
  }

  /** Ends what is connected and forwards what comes from now on. */
  plug(): void {
    this.#isPulled = false;
    for (const connection of this.#connections) close(connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#running;
  }

  async #accept(): Promise<void> {
    const forwarding: Promise<void>[] = [];
    try {
      for await (const client of this.#listener) forwarding.push(this.#forward(client));
    } finally {
      await Promise.all(forwarding);
    }
  }

  async #forward(client: Deno.Conn): Promise<void> {
    this.#connections.add(client);
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.target });
      this.#connections.add(server);
      await Promise.all([this.#pass(client, server), this.#pass(server, client)]);
      this.#connections.delete(server);
    } catch {
      close(client);
    }
    this.#connections.delete(client);
  }

  async #pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
        for (let sent = 0; sent < read && !this.#isPulled;) {
          sent += await to.write(buffer.subarray(sent, read));
        }
      }
    } catch { /* Somebody closed it. */ }
    close(from);
    close(to);
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch { /* It is closed. */ }
}
