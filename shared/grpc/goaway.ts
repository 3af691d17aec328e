/**
 * Keeps a process alive when a gRPC peer says goodbye. Deno 2.9.6 frees an HTTP/2 session that is closed while the
 * peer's GOAWAY is still being read, and then reads on in it: the process ends with SIGABRT or SIGSEGV
 * (denoland/deno issue 36788). Here such a session is closed after that, in the next turn of the event loop.
 * Importing this module is enough.
 */
import http2 from "node:http2";
import { setImmediate } from "node:timers";

/** The part of a session that can end it, and that tells of the goodbye. */
interface Closable {
  close(...args: unknown[]): void;
  destroy(...args: unknown[]): void;
  emit(event: string | symbol, ...args: unknown[]): boolean;
}

/**
 * Makes `close` and `destroy` of a session wait for the next turn of the event loop where a GOAWAY is being read, and
 * hands the event on in that turn. Both are needed: the runtime closes the session itself, beside telling of the
 * event, and who hears of the event closes it too, some after a tick that still belongs to the read.
 */
function outliveGoaway<Session extends Closable>(session: Session): Session {
  for (const name of ["close", "destroy"] as const) {
    const now = session[name].bind(session);
    session[name] = (...args) => isReadingGoaway() ? void setImmediate(() => now(...args)) : now(...args);
  }
  const emit = session.emit.bind(session);
  session.emit = (event, ...args) =>
    event === "goaway" ? setImmediate(() => emit(event, ...args)) !== undefined : emit(event, ...args);
  return session;
}

/**
 * Tells whether the runtime calls from where it has read a GOAWAY; nothing but the stack shows that. Every other
 * call must not wait: a server that shuts down looks at once whether its sessions are closed.
 */
function isReadingGoaway(): boolean {
  return new Error().stack?.includes("onGoawayData") ?? false;
}

const { connect, createServer } = http2;

http2.createServer = ((...args: Parameters<typeof createServer>) => {
  const server = createServer(...args);
  server.on("session", outliveGoaway);
  return server;
}) as typeof createServer;

http2.connect = ((...args: Parameters<typeof connect>) => outliveGoaway(connect(...args))) as typeof connect;
