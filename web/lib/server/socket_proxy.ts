/** Passes WebSocket frames between a page and the server, one by one, so that pages need no other origin than their own. */
import { logOf } from "../../../shared/log.ts";

const log = logOf("web", "socket");

/** The longest frame that is passed on, in UTF-16 units; the server has a stricter limit of its own. */
const LONGEST_FRAME = 16_777_216;
/** How much may wait for a reader who is slower than the writer, in bytes. */
const MOST_WAITING = 8_388_608;
const MOST_SOCKETS = 1_000;
const PATIENCE_MS = 5_000;
/** Seconds without a word from the page before it is taken for gone. */
const IDLE_S = 60;

const CLOSE = { goingAway: 1001, unsupported: 1003, tooBig: 1009, restarting: 1012, tryLater: 1013 };

/** Opens one connection to the server for each page. */
export class SocketProxy {
  readonly #pages = new Set<WebSocket>();
  #closed = false;

  constructor(private readonly serverUrl: URL) {}

  /** Turns `req` into a WebSocket that is joined with one to the server; 503 while the server cannot be reached. */
  async join(req: Request): Promise<Response> {
    if (this.#closed || this.#pages.size >= MOST_SOCKETS) {
      return unavailable("The dashboard has no room now.");
    }
    const server = await opened(new WebSocket(this.serverUrl));
    if (!server) return unavailable("The server cannot be reached now.");
    try {
      const { socket: page, response } = Deno.upgradeWebSocket(req, { idleTimeout: IDLE_S });
      this.#keep(page);
      join(page, server);
      return response;
    } catch (error) {
      server.close();
      log.debug("A page left before its WebSocket was open: {error}", { error });
      return unavailable("The request was gone");
    }
  }

  /** Tells every page to come back later, and opens nothing any more. */
  close(): void {
    this.#closed = true;
    for (const page of this.#pages) shut(page, CLOSE.goingAway, "The dashboard is ending.");
  }

  #keep(page: WebSocket): void {
    this.#pages.add(page);
    page.addEventListener("close", () => this.#pages.delete(page));
  }
}

function unavailable(text: string): Response {
  return new Response(text, { status: 503, headers: { "retry-after": "1" } });
}

function opened(socket: WebSocket): Promise<WebSocket | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => socket.close(), PATIENCE_MS);
    const settle = (result: WebSocket | undefined) => {
      clearTimeout(timer);
      resolve(result);
    };
    socket.addEventListener("open", () => settle(socket), { once: true });
    socket.addEventListener("error", () => settle(undefined), { once: true });
    socket.addEventListener("close", () => settle(undefined), { once: true });
  });
}

function join(page: WebSocket, server: WebSocket): void {
  const early: string[] = [];
  page.addEventListener("open", () => early.splice(0).forEach((frame) => page.send(frame)));
  server.addEventListener("message", ({ data }) => {
    if (page.readyState === WebSocket.CONNECTING) early.push(data);
    else pass(data, page, page);
  });
  page.addEventListener("message", ({ data }) => pass(data, server, page));
  server.addEventListener("close", ({ code, reason }) => shut(page, codeForPage(code), reason));
  page.addEventListener("close", ({ code, reason }) => shut(server, codeForServer(code), reason));
  for (const socket of [page, server]) socket.addEventListener("error", () => {/* `close` follows */});
}

/**
 * Sends `data` to `to`; what is no text, too long, or behind more than `to` reads ends the page's connection instead.
 * The frame itself does not count: one longer than what may wait would end every connection it is sent on again.
 */
function pass(data: unknown, to: WebSocket, page: WebSocket): void {
  if (typeof data !== "string") return shut(page, CLOSE.unsupported, "Frames are JSON text.");
  if (data.length > LONGEST_FRAME) return shut(page, CLOSE.tooBig, "The frame is too long.");
  if (to.readyState !== WebSocket.OPEN) return;
  if (to.bufferedAmount > MOST_WAITING) return shut(page, CLOSE.tryLater, "Too much is waiting.");
  to.send(data);
}

/** Gives the code that the page gets when the server's side ended with `code`; one without a code was cut. */
export function codeForPage(code: number): number {
  return code === 1005 || code === 1006 || code === 1015 || code === 0 ? CLOSE.restarting : code;
}

/** Gives the code that the server gets when the page left: a client may only send 1000 and those of its own. */
export function codeForServer(code: number): number {
  return code >= 3000 && code <= 4999 ? code : 1000;
}

function shut(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState >= WebSocket.CLOSING) return;
  try {
    socket.close(code, shortened(reason));
  } catch (error) {
    log.debug("A WebSocket could not be closed with {code}: {error}", { code, error });
    socket.close();
  }
}

/** A close reason has room for 123 bytes. */
function shortened(reason: string): string {
  const bytes = new TextEncoder().encodeInto(reason, new Uint8Array(123));
  return reason.slice(0, bytes.read);
}
