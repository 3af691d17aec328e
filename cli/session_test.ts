import assert from "node:assert/strict";
import { Session, type SessionEvent } from "./session.ts";
import { Socket } from "./socket.ts";

type Registration = Record<string, unknown>;

/** A server that answers each registration as the test says. */
function serve(answer: (registration: Registration, socket: WebSocket, count: number) => void) {
  let count = 0;
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => answer(JSON.parse(data), socket, ++count);
    return response;
  });
}

const welcome = (fields: object) =>
  JSON.stringify({ message_type: "REGISTER_FRONTEND_RESPONSE", session_token: "secret", ...fields });
const urlOf = (server: Deno.HttpServer<Deno.NetAddr>) => `ws://127.0.0.1:${server.addr.port}/ws`;

/** Lists what happens, until `enough`. */
async function happened(
  server: Deno.HttpServer<Deno.NetAddr>,
  enough: (events: SessionEvent[]) => boolean,
): Promise<SessionEvent[]> {
  const end = new AbortController();
  const session = new Session({ socketUrl: urlOf(server), signal: end.signal });
  const events: SessionEvent[] = [];
  for await (const event of session.events()) {
    events.push(event);
    if (enough(events)) end.abort();
  }
  return events;
}

const opened = (times: number) => (events: SessionEvent[]) =>
  events.filter(({ kind }) => kind === "open").length === times;

Deno.test("Session comes back with its token and the number of the last frame it saw", async () => {
  const registrations: Registration[] = [];
  await using server = serve((registration, socket, count) => {
    registrations.push(registration);
    socket.send(welcome(count === 1 ? {} : { resumed: true }));
    if (count > 1) return;
    socket.send(JSON.stringify({ message_type: "TEXT", seq: 7 }));
    socket.close(4000, "The server restarts.");
  });
  const events = await happened(server, opened(2));
  assert.deepEqual(events.map(({ kind }) => kind), ["open", "frame", "lost", "open"]);
  assert.deepEqual(events[2], { kind: "lost", reason: "The server restarts." });
  assert.deepEqual(events[3], { kind: "open", isFirst: false, missed: false });
  const [first, second] = registrations;
  assert.deepEqual([first!.session_token, first!.last_seq], [undefined, undefined]);
  assert.deepEqual([second!.session_token, second!.last_seq], ["secret", 7]);
});

for (
  const [what, fields] of [["no longer knows it", { resumed: false }], ["has lost frames", {
    resumed: true,
    gap: true,
  }]] as const
) {
  Deno.test(`Session says that it missed something where the server ${what}`, async () => {
    await using server = serve((_, socket, count) => {
      socket.send(welcome(count === 1 ? {} : fields));
      if (count === 1) socket.close(4000);
    });
    const events = await happened(server, opened(2));
    assert.deepEqual(events.at(-1), { kind: "open", isFirst: false, missed: true });
  });
}

Deno.test("Session says once that the connection is lost, however often it tries", async () => {
  await using server = serve((_, socket, count) => {
    if (count === 1 || count === 4) socket.send(welcome({ resumed: true }));
    if (count < 4) socket.close(4000);
  });
  const events = await happened(server, opened(2));
  assert.deepEqual(events.map(({ kind }) => kind), ["open", "lost", "open"]);
});

Deno.test("Session throws what the server says when it does not want this client", async () => {
  await using refusing = serve((_, socket) => {
    socket.send(
      JSON.stringify({ message_type: "ERROR", code: "unauthenticated", error_details: "Show a token." }),
    );
    socket.close(4401);
  });
  await assert.rejects(happened(refusing, () => false), {
    code: "unauthenticated",
    message: "Show a token.",
  });
  await using closing = serve((_, socket) => socket.close(4500, "Another took its place."));
  await assert.rejects(happened(closing, () => false), { message: "Another took its place." });
});

Deno.test("Session throws unavailable where no server is at first", async () => {
  const { signal } = new AbortController();
  const session = new Session({ socketUrl: "ws://127.0.0.1:1/ws", signal });
  await assert.rejects(session.events().next(), { code: "unavailable" });
});

Deno.test("Socket takes a connection that is silent for too long for lost", async () => {
  await using server = serve(() => {});
  using socket = await Socket.open(urlOf(server), 20);
  for await (const _ of socket.frames()) assert.fail("nothing was sent");
  assert.equal(socket.closed?.code, 4002);
});
