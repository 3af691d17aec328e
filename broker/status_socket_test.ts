import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Identity } from "./identity.ts";
import { AgentRoster } from "./roster.ts";
import { followByWebSocket } from "./status_socket.ts";
import { agent } from "./testing/agents.ts";
import { StatusServer } from "./testing/server.ts";

type Frame = Record<string, unknown>;

/** A WebSocket server whose side of each connection is played by `play`, frame by frame. */
function serve(play: (frame: Frame, say: (frame: Frame) => void, socket: WebSocket) => void) {
  const frames: Frame[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data) as Frame;
      frames.push(frame);
      play(frame, (answer) => socket.send(JSON.stringify(answer)), socket);
    };
    return response;
  });
  return {
    frames,
    url: `ws://127.0.0.1:${server.addr.port}/ws`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** A WebSocket server that accepts, and then neither says anything nor answers a close: a machine that is gone. */
function serveNothing() {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const connections: Deno.Conn[] = [];
  const again = Promise.withResolvers<void>();
  const accepting = (async () => {
    for await (const connection of listener) {
      connections.push(connection);
      await connection.write(await handshakeFor(connection));
      if (connections.length === 2) again.resolve();
    }
  })();
  return {
    url: `ws://127.0.0.1:${listener.addr.port}/ws`,
    /** Resolves when a second connection was made, the first still open. */
    again: again.promise,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of connections) connection.close();
      await accepting;
    },
  };
}

async function handshakeFor(connection: Deno.Conn): Promise<Uint8Array> {
  const buffer = new Uint8Array(4096);
  const request = new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
  const key = /^sec-websocket-key: *(\S+)/im.exec(request)?.[1];
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  return new TextEncoder().encode([...lines, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
}

function follow(url: string, { silenceMs }: { silenceMs?: number } = {}) {
  const abort = new AbortController();
  const roster = new AgentRoster();
  const said = { version: "1.2.3", hostname: "mars" };
  const identity: Identity = { id: "broker_1", name: "One", sessionKey: "", ...said };
  const ended = followByWebSocket(identity, { url, roster, signal: abort.signal, silenceMs });
  return {
    roster,
    identity,
    async [Symbol.asyncDispose]() {
      abort.abort();
      await ended;
    },
  };
}

const registered = { message_type: "REGISTER_BROKER_RESPONSE", status: "success", broker_id: "broker_given" };
const status = (...names: string[]) => ({
  message_type: "AGENT_STATUS_UPDATE",
  is_full_update: true,
  agents: names.map((name) => agent(name)),
});

Deno.test("followByWebSocket() registers and learns who is there from AGENT_STATUS_UPDATE", async () => {
  await using server = serve((_frame, say) => {
    say(registered);
    say(status("agent_ada"));
  });
  await using following = follow(server.url);
  await following.roster.ready;
  assert.equal(following.identity.id, "broker_given");
  assert.equal(following.roster.find("agent_ada")?.is_online, true);
  assert.deepEqual(server.frames, [
    {
      message_type: "REGISTER_BROKER",
      broker_id: "broker_1",
      broker_name: "One",
      version: "1.2.3",
      hostname: "mars",
    },
  ]);
});

Deno.test("followByWebSocket() reads updates of another make: id, name and presence alone, in full", async () => {
  const agents = [{ agent_id: "agent_ada", agent_name: "Ada", is_online: true, last_seen: "now" }];
  await using server = serve((_frame, say) => say({ message_type: "agent_status_update", agents }));
  await using following = follow(server.url);
  await following.roster.ready;
  assert.equal(following.roster.find("agent_ada")?.max_concurrent_tasks, 1);
});

Deno.test("followByWebSocket() answers heartbeats and pings, and survives what it does not understand", async () => {
  const answered = Promise.withResolvers<void>();
  await using server = serve((frame, say, socket) => {
    if (frame.message_type === "PONG") {
      if (server.frames.filter(({ message_type }) => message_type === "PONG").length === 2) {
        answered.resolve();
      }
      return;
    }
    say(registered);
    socket.send("this is no JSON");
    say({ message_type: "SOMETHING_NEW" });
    say({ message_type: "SERVER_HEARTBEAT", sender_id: "server", timestamp: "now" });
    say({ message_type: "PING" });
  });
  await using _following = follow(server.url);
  await answered.promise;
  assert.equal(server.frames.at(-1)?.broker_id, "broker_given");
});

Deno.test("followByWebSocket() uses the status stream when it is handed the gRPC address", async () => {
  await using grpc = await StatusServer.start();
  grpc.agents = [{ agentId: "agent_by_grpc", agentName: "Ada", isOnline: true }];
  await using server = serve((_frame, say) => {
    say({
      ...registered,
      grpc_host: "127.0.0.1",
      grpc_port: String(grpc.port),
      use_grpc_for_agent_status: true,
    });
    say(status("agent_by_socket"));
  });
  await using following = follow(server.url);
  await following.roster.ready;
  assert.deepEqual(following.roster.online.map(({ agent_id }) => agent_id), ["agent_by_grpc"]);
  assert.deepEqual(grpc.subscriptions.map(({ brokerId }) => brokerId), ["broker_given"]);
  assert.equal(grpc.registrations.length, 0);
});

Deno.test("followByWebSocket() comes back when the connection is closed or the registration refused", async () => {
  let connections = 0;
  await using server = serve((_frame, say, socket) => {
    connections++;
    if (connections === 1) return socket.close(4000, "Come back.");
    if (connections === 2) return say({ ...registered, status: "error", message: "The id is in use." });
    say(registered);
    say(status("agent_ada"));
  });
  await using following = follow(server.url);
  await following.roster.ready;
  assert.equal(connections, 3);
});

Deno.test("followByWebSocket() shows its session token when only its socket broke", async () => {
  await using server = serve((_frame, say, socket) => {
    say({ ...registered, session_token: "key_1" });
    if (server.frames.length === 1) return socket.close(4000, "Come back.");
    say(status("agent_ada"));
  });
  await using following = follow(server.url);
  await following.roster.ready;
  assert.deepEqual(server.frames.map(({ session_token }) => session_token), [undefined, "key_1"]);
});

Deno.test("followByWebSocket() comes back when its registration is answered with an ERROR", async () => {
  await using server = serve((_frame, say) => {
    if (server.frames.length === 1) {
      return say({ message_type: "ERROR", code: "conflict", error_details: "In use." });
    }
    say(registered);
    say(status("agent_ada"));
  });
  await using following = follow(server.url);
  await following.roster.ready;
  assert.equal(server.frames.length, 2);
});

Deno.test("followByWebSocket() stays when an ERROR comes after the registration", async () => {
  const ponged = Promise.withResolvers<void>();
  await using server = serve((frame, say) => {
    if (frame.message_type === "PONG") return ponged.resolve();
    say(registered);
    say({ message_type: "ERROR", code: "unsupported_type", error_details: "What is this?" });
    say({ message_type: "SERVER_HEARTBEAT", sender_id: "server" });
  });
  await using _following = follow(server.url);
  await ponged.promise;
  assert.deepEqual(server.frames.map(({ message_type }) => message_type), ["REGISTER_BROKER", "PONG"]);
});

Deno.test("followByWebSocket() comes back when the server falls silent", async () => {
  await using server = serve((_frame, say) => {
    say(registered);
    if (server.frames.length > 1) say(status("agent_ada"));
  });
  await using following = follow(server.url, { silenceMs: 500 });
  await following.roster.ready;
  assert.ok(server.frames.length >= 2);
});

Deno.test("followByWebSocket() comes back, and ends when told, although the server never answers a close", async () => {
  await using server = serveNothing();
  const abort = new AbortController();
  const identity: Identity = { id: "broker_1", name: "One", sessionKey: "" };
  const options = { url: server.url, roster: new AgentRoster(), signal: abort.signal, silenceMs: 100 };
  const ended = followByWebSocket(identity, options);
  await server.again;
  abort.abort();
  await ended;
});
