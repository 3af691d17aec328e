import { expect } from "expect";
import type { Message } from "../../../shared/model/message.ts";
import { type Keep, openKeep } from "./keep.ts";
import { type Draft, Outbox } from "../chat/outbox.ts";
import { type Link, Session } from "./session.ts";

type Frame = Record<string, unknown>;

/** Waits for the next of what a test needs, in order. */
class Queue<Item> {
  readonly #items: Item[] = [];
  readonly #waiting: ((item: Item) => void)[] = [];

  put(item: Item): void {
    const next = this.#waiting.shift();
    if (next) next(item);
    else this.#items.push(item);
  }

  take(): Promise<Item> {
    const item = this.#items.shift();
    return item === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(item);
  }
}

/** A server that does what the test says, and a session that is connected to it. */
async function withSession(
  check: (parts: Parts) => Promise<void>,
  before: (keep: Keep) => void = () => {},
): Promise<void> {
  const sockets = new Queue<WebSocket>();
  const received = new Queue<Frame>();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (req) => {
    const { socket, response } = Deno.upgradeWebSocket(req);
    socket.onopen = () => sockets.put(socket);
    socket.onmessage = ({ data }) => received.put(JSON.parse(data));
    return response;
  });
  const keep = openKeep(() => {
    throw new Error("no storage");
  });
  before(keep);
  const outbox = new Outbox(keep);
  const links = new Queue<Link>();
  const frames = new Queue<Message>();
  const registered = new Queue<boolean>();
  const tooLong = new Queue<Draft[]>();
  const session = new Session({
    url: `ws://127.0.0.1:${server.addr.port}/ws`,
    storage: keep,
    outbox,
    onLink: (link) => links.put(link),
    onFrame: (frame) => frames.put(frame),
    onRegistered: (missed) => registered.put(missed),
    onTooLong: (drafts) => tooLong.put(drafts),
  });
  const welcome = async (more: Frame = {}) => {
    let socket = await sockets.take();
    // One that it gave up again before anybody looked counts for nothing.
    while (socket.readyState !== WebSocket.OPEN) socket = await sockets.take();
    const registration = await received.take();
    send(socket, { message_type: "REGISTER_FRONTEND_RESPONSE", session_token: "token", ...more });
    return { socket, registration, missed: await registered.take() };
  };
  try {
    session.start();
    await check({ session, keep, outbox, links, frames, received, tooLong, welcome });
  } finally {
    session.stop();
  }
}

interface Parts {
  session: Session;
  keep: Keep;
  outbox: Outbox;
  links: Queue<Link>;
  frames: Queue<Message>;
  received: Queue<Frame>;
  tooLong: Queue<Draft[]>;
  welcome(more?: Frame): Promise<{ socket: WebSocket; registration: Frame; missed: boolean }>;
}

const send = (socket: WebSocket, frame: Frame) => socket.send(JSON.stringify(frame));
const draft = (id: string): Draft => ({
  message_type: "TEXT",
  message_id: id,
  conversation_id: "conv_1",
  text_payload: "hello",
  send_timestamp: "2026-05-01T12:00:00.000Z",
});
const untilWaiting = async (links: Queue<Link>) => {
  for (;;) {
    const link = await links.take();
    if (link.state === "waiting") return link;
  }
};

Deno.test("Session registers, and comes back with its token and the last frame it saw", () =>
  withSession(async ({ session, frames, links, welcome }) => {
    const first = await welcome();
    expect(first.registration).toMatchObject({ message_type: "REGISTER_FRONTEND" });
    expect(first.registration.session_token).toBeUndefined();
    expect(first.missed).toBe(true);
    send(first.socket, { message_type: "REPLY_CHUNK", message_id: "msg_r", seq: 6, sequence: 0 });
    send(first.socket, { message_type: "TEXT", message_id: "msg_t", seq: 7 });
    await frames.take();
    await frames.take();
    const closedAtMs = Date.now();
    first.socket.close(1012);
    const { retryAtMs } = await untilWaiting(links) as { retryAtMs: number };
    expect(retryAtMs).toBeGreaterThan(closedAtMs);
    session.start();
    const again = await welcome({ resumed: true });
    expect(again.registration).toMatchObject({ session_token: "token", last_seq: 7 });
    expect(again.missed).toBe(false);
  }));

Deno.test("Session after a reload comes back with the number it went on from, also when no numbered frame came", () =>
  withSession(
    async ({ session, links, welcome }) => {
      const first = await welcome({ resumed: true });
      expect(first.registration).toMatchObject({ session_token: "token", last_seq: 41 });
      first.socket.close(1012);
      await untilWaiting(links);
      session.start();
      expect((await welcome({ resumed: true })).registration.last_seq).toBe(41);
    },
    (keep) => {
      keep.setItem("parley.session_token", "token");
      keep.setItem("parley.last_seq", "41");
    },
  ));

Deno.test("Session keeps to its own session when another tab has put another one into the storage", () =>
  withSession(async ({ session, keep, frames, links, welcome }) => {
    const first = await welcome({ session_token: "own" });
    keep.setItem("parley.session_token", "another's");
    keep.setItem("parley.last_seq", "900");
    send(first.socket, { message_type: "TEXT", message_id: "msg_t", seq: 7 });
    await frames.take();
    first.socket.close(1012);
    await untilWaiting(links);
    session.start();
    const again = await welcome({ session_token: "own", resumed: true });
    expect(again.registration).toMatchObject({ session_token: "own", last_seq: 7 });
    expect(["session_token", "last_seq"].map((key) => keep.getItem(`parley.${key}`))).toEqual([
      "another's",
      "900",
    ]);
  }));

Deno.test("Session says that something was missed after a gap, and counts anew from there", () =>
  withSession(async ({ session, frames, links, welcome }) => {
    const first = await welcome();
    send(first.socket, { message_type: "TEXT", message_id: "msg_t", seq: 700 });
    await frames.take();
    first.socket.close(4000);
    await untilWaiting(links);
    session.start();
    const again = await welcome({ resumed: true, gap: true });
    expect(again.missed).toBe(true);
    send(again.socket, { message_type: "TEXT", message_id: "msg_u", seq: 3 });
    await frames.take();
    again.socket.close(1012);
    await untilWaiting(links);
    session.start();
    expect((await welcome({ resumed: true })).registration.last_seq).toBe(3);
  }));

Deno.test("Session sends what was written while away, with the same id, until the server shows that it has it", () =>
  withSession(async ({ session, outbox, frames, links, received, welcome }) => {
    session.send(draft("msg_1"));
    const first = await welcome();
    expect(await received.take()).toEqual(draft("msg_1"));
    first.socket.close(1012);
    await untilWaiting(links);
    session.start();
    const again = await welcome({ resumed: true });
    expect(await received.take()).toEqual(draft("msg_1"));
    send(again.socket, { ...draft("msg_1"), routing_status: "pending", seq: 1 });
    await frames.take();
    expect(outbox.list()).toEqual([]);
  }));

Deno.test("Session stays away when it is told to", () =>
  withSession(async ({ links, welcome }) => {
    const { socket } = await welcome();
    socket.close(4403, "no");
    for (;;) {
      const { state } = await links.take();
      expect(state).not.toBe("waiting");
      if (state === "refused") break;
    }
  }));

Deno.test("Session gives back what may have been too long, rather than send it again and again", () =>
  withSession(async ({ session, received, tooLong, welcome }) => {
    const { socket } = await welcome();
    session.send(draft("msg_1"));
    await received.take();
    socket.close(1009);
    expect((await tooLong.take()).map(({ message_id }) => message_id)).toEqual(["msg_1"]);
  }));

Deno.test("Session passes over what is no frame", () =>
  withSession(async ({ frames, welcome }) => {
    const { socket } = await welcome();
    for (const odd of ["", "{", "null", "[]", '{"a":1}', '{"message_type":5}']) socket.send(odd);
    send(socket, { message_type: "SERVER_HEARTBEAT" });
    expect((await frames.take()).message_type).toBe("SERVER_HEARTBEAT");
  }));
