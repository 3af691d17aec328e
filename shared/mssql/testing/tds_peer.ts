/**
 * As much of a SQL Server as it takes to see who signs in: it speaks TDS up to the login, notes that, and refuses it
 * with number 18456 as a true one does. It encrypts nothing.
 */

/** What a client said when it signed in, as far as it did. */
export interface Login {
  user: string;
  password: string;
  database: string;
  application: string;
  /** What it got at Entra ID, when it was told where. */
  token?: string;
}

export interface TdsPeer extends AsyncDisposable {
  readonly port: number;
  readonly logins: readonly Login[];
}

const PRELOGIN = 0x12;
const LOGIN7 = 0x10;
const FEDERATED_TOKEN = 0x08;
const REPLY = 0x04;
/** In a client's answer to how it may be encrypted, and whether Entra ID is asked. */
const NOT_ENCRYPTED = 2;
const HEADER_BYTES = 8;

/** Listens on a port of its own. With `entra` it sends clients there first. */
export function startTdsPeer({ entra = false } = {}): TdsPeer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const logins: Login[] = [];
  const open = new Set<Deno.TcpConn>();
  const serving = (async () => {
    const conversations: Promise<void>[] = [];
    for await (const conn of listener) {
      open.add(conn);
      conversations.push(converse(conn, { logins, entra }).catch(() => {/* the client left */}));
    }
    await Promise.all(conversations);
  })();
  return {
    port: listener.addr.port,
    logins,
    async [Symbol.asyncDispose]() {
      listener.close();
      open.forEach(close);
      await serving;
    },
  };
}

async function converse(
  conn: Deno.TcpConn,
  { logins, entra }: { logins: Login[]; entra: boolean },
): Promise<void> {
  for await (const { type, body } of messages(conn)) {
    if (type === PRELOGIN) await send(conn, prelogin(entra));
    if (type === LOGIN7) {
      logins.push(readLogin(body));
      await send(conn, entra ? whereEntraIs() : refusal());
    }
    if (type === FEDERATED_TOKEN) {
      logins.at(-1)!.token = ucs2(body.subarray(8));
      await send(conn, refusal());
    }
  }
}

/** Puts packets together up to the one that says it is the last. */
async function* messages(conn: Deno.TcpConn): AsyncGenerator<{ type: number; body: Uint8Array }> {
  let parts: Uint8Array[] = [];
  for (;;) {
    const header = await readExactly(conn, HEADER_BYTES);
    if (!header) return;
    const length = header[2]! * 256 + header[3]!;
    const part = await readExactly(conn, length - HEADER_BYTES);
    if (!part) return;
    parts.push(part);
    if (!(header[1]! & 1)) continue;
    yield { type: header[0]!, body: joined(parts) };
    parts = [];
  }
}

async function readExactly(conn: Deno.TcpConn, count: number): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(count);
  for (let filled = 0; filled < count;) {
    const read = await conn.read(bytes.subarray(filled));
    if (read === null) return undefined;
    filled += read;
  }
  return bytes;
}

/** The client's words stand at offsets that a table at the beginning names, each by place and number of characters. */
function readLogin(body: Uint8Array): Login {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const bytes = (at: number) => {
    const from = view.getUint16(at, true);
    return body.subarray(from, from + 2 * view.getUint16(at + 2, true));
  };
  const password = bytes(44).map((byte) => ((byte ^ 0xa5) >> 4) | (((byte ^ 0xa5) & 0x0f) << 4));
  return {
    user: ucs2(bytes(40)),
    password: ucs2(password),
    application: ucs2(bytes(48)),
    database: ucs2(bytes(68)),
  };
}

function prelogin(entra: boolean): Uint8Array {
  const options: [token: number, data: number[]][] = [
    [0, [16, 0, 0, 0, 0, 0]],
    [1, [NOT_ENCRYPTED]],
    [6, [entra ? 1 : 0]],
  ];
  let offset = options.length * 5 + 1;
  const table = options.flatMap(([token, data]) => {
    const entry = [token, offset >> 8, offset & 255, data.length >> 8, data.length & 255];
    offset += data.length;
    return entry;
  });
  return new Uint8Array([...table, 0xff, ...options.flatMap(([, data]) => data)]);
}

function whereEntraIs(): Uint8Array {
  const url = toUcs2("https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111");
  const name = toUcs2("https://database.windows.net/");
  const first = 4 + 2 * 9;
  const info = [
    ...u32(2),
    ...[1, ...u32(url.length), ...u32(first)],
    ...[2, ...u32(name.length), ...u32(first + url.length)],
    ...[...url, ...name],
  ];
  return new Uint8Array([0xee, ...u32(info.length), ...info]);
}

function refusal(): Uint8Array {
  const text = toUcs2("Login failed for user.");
  const error = [...u32(18456), 1, 14, ...u16(text.length / 2), ...text, 0, 0, ...u32(1)];
  const done = [0xfd, ...u16(2), ...u16(0), ...u32(0), ...u32(0)];
  return new Uint8Array([0xaa, ...u16(error.length), ...error, ...done]);
}

async function send(conn: Deno.TcpConn, body: Uint8Array): Promise<void> {
  const length = body.length + HEADER_BYTES;
  const packet = new Uint8Array([REPLY, 1, length >> 8, length & 255, 0, 0, 1, 0, ...body]);
  for (let sent = 0; sent < packet.length;) sent += await conn.write(packet.subarray(sent));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function ucs2(bytes: Uint8Array): string {
  return new TextDecoder("utf-16le").decode(bytes);
}

function toUcs2(text: string): number[] {
  return Array.from({ length: text.length }, (_, at) => u16(text.charCodeAt(at))).flat();
}

function u16(value: number): number[] {
  return [value & 255, value >> 8];
}

function u32(value: number): number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch { /* closed already */ }
}
