/** A WebSocket by hand, for a client that stops reading. */

const HANDSHAKE = [
  "GET /ws HTTP/1.1",
  "Host: localhost",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");

const encoder = new TextEncoder();

export interface RawSocket extends Disposable {
  /** Sends a frame of less than 126 bytes. */
  send(frame: object): Promise<void>;
  /** Reads at least so many bytes, and drops them. */
  read(bytes: number): Promise<void>;
}

/** Connects; disposing breaks the connection off. */
export async function openRaw(port: number): Promise<RawSocket> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const write = async (bytes: Uint8Array) => {
    for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
  };
  await write(encoder.encode(HANDSHAKE));
  await connection.read(new Uint8Array(4096));
  return {
    async send(frame) {
      const text = encoder.encode(JSON.stringify(frame));
      // A final text frame, masked with zeros.
      await write(new Uint8Array([0x81, 0x80 | text.length, 0, 0, 0, 0, ...text]));
    },
    async read(bytes) {
      const buffer = new Uint8Array(64 * 1024);
      for (let left = bytes; left > 0;) left -= await connection.read(buffer) ?? left;
    },
    [Symbol.dispose]: () => connection.close(),
  };
}
