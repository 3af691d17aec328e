/** Many frontends of one system in this process, each on a socket of its own; the same code reads every system. */
import type { SystemKind } from "./systems.ts";

/** Hears every frame, ours that are no updates too, once there was a first update. */
export type Listener = (text: string) => unknown;

/** Frontends that open at the same time. */
const AT_ONCE = 20;

/** Socket.IO's own protocol, as its client speaks it over a WebSocket. */
const PING = "2";
const PONG = "3";
const CONNECT = "40";
const EVENT = "42";

/** Tells whether a frame of ours says who is there. */
export function isUpdate(text: string): boolean {
  return text.includes('"AGENT_STATUS_UPDATE"');
}

/** Writes what has a peer say `text` to all, the same bytes as ours but for Socket.IO's own few around them. */
export function sayToAll(kind: SystemKind, text: string): string {
  return kind === "socket.io" ? `${EVENT}["change",${text}]` : text;
}

/** Opens `count` frontends at `url`, and resolves once each is told of what is there. `listenerOf` makes each one's ear. */
export async function openFrontends(
  { kind, url, count }: { kind: SystemKind; url: string; count: number },
  listenerOf: (index: number) => Listener,
): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  while (sockets.length < count) {
    const many = Math.min(AT_ONCE, count - sockets.length);
    const opening = Array.from({ length: many }, (_, at) => OPEN[kind](url, listenerOf(sockets.length + at)));
    sockets.push(...await Promise.all(opening));
  }
  return sockets;
}

const OPEN: Record<SystemKind, (url: string, listener: Listener) => Promise<WebSocket>> = {
  parley: openParley,
  bare: openBare,
  "socket.io": openSocketIo,
};

function openParley(url: string, listener: Listener): Promise<WebSocket> {
  return opened(url, (socket, done) => {
    socket.onopen = () =>
      socket.send(JSON.stringify({ message_type: "REGISTER_FRONTEND", frontend_name: "Bench" }));
    socket.onmessage = ({ data }) => {
      if (!isUpdate(data)) return;
      listener(data);
      // From now on as little is done with a frame as with the peers'.
      socket.onmessage = ({ data }) => listener(data);
      done();
    };
  });
}

function openBare(url: string, listener: Listener): Promise<WebSocket> {
  return opened(url, (socket, done) => {
    socket.onopen = done;
    socket.onmessage = ({ data }) => listener(data);
  });
}

function openSocketIo(url: string, listener: Listener): Promise<WebSocket> {
  return opened(url, (socket, done) => {
    socket.onmessage = ({ data }) => {
      if (data.startsWith(EVENT)) listener(data);
      else if (data === PING) socket.send(PONG);
      else if (data.startsWith(CONNECT)) done();
      else if (data.startsWith("0{")) socket.send(CONNECT);
    };
  });
}

function opened(url: string, set: (socket: WebSocket, done: () => void) => void): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.onerror = () => reject(new Error(`${url} takes no more frontends`));
    set(socket, () => resolve(socket));
  });
}
