/** What a server may do to `command` at the worst moments: a stand-in that a test tells when to do what. */
import assert from "node:assert/strict";
import { start } from "../testing/process.ts";

interface StandIn {
  onCommand: (body: Record<string, unknown>, times: number) => Response | Promise<Response>;
}

/** Serves one agent, whose commands end when they are cancelled or were posted to its satisfaction. */
function serve({ onCommand }: StandIn) {
  const sockets = new Set<WebSocket>();
  const cancelled = Promise.withResolvers<string>();
  let times = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/ws") return socketOf(request, sockets);
    if (pathname === "/api/agents") {
      const agent = { agent_id: "agent_1", agent_name: "Ada", is_online: true, status: "idle" };
      return Response.json({ items: [agent], next_cursor: null });
    }
    if (pathname.endsWith("/cancel")) {
      cancelled.resolve(pathname.split("/")[3]!);
      tell(sockets, pathname.split("/")[3]!, "cancelled");
      return Response.json({});
    }
    return await onCommand(await request.json(), ++times);
  });
  return { server, url: `http://127.0.0.1:${server.addr.port}`, cancelled: cancelled.promise, sockets };
}

function socketOf(request: Request, sockets: Set<WebSocket>): Response {
  const { socket, response } = Deno.upgradeWebSocket(request);
  sockets.add(socket);
  socket.onmessage = ({ data }) => {
    const { message_type } = JSON.parse(data);
    if (message_type === "PING") socket.send(JSON.stringify({ message_type: "PONG" }));
    if (message_type !== "REGISTER_FRONTEND") return;
    socket.send(JSON.stringify({ message_type: "REGISTER_FRONTEND_RESPONSE", session_token: "secret" }));
  };
  return response;
}

function tell(sockets: Set<WebSocket>, command_id: string, status: string): void {
  const command = { command_id, status, output: "", truncated_bytes: 0, code: null, exit_code: 0 };
  for (const socket of sockets) socket.send(JSON.stringify({ message_type: "COMMAND_UPDATE", command }));
}

Deno.test("Ctrl-C while the command is being sent cancels it", async () => {
  const running = { current: undefined as ReturnType<typeof start> | undefined };
  const sent = Promise.withResolvers<string>();
  const { server, url, cancelled } = serve({
    onCommand: (body) => {
      running.current!.kill("SIGINT");
      sent.resolve(String(body.command_id));
      return Response.json({ command_id: body.command_id, status: "running" }, { status: 202 });
    },
  });
  await using _server = server;
  await using process = running.current = start(["command", "Ada", "--", "df"], { server: url });
  assert.equal(await cancelled, await sent.promise);
  assert.equal((await process.ended).code, 130);
});

Deno.test("a command whose sending broke is sent again with the same id, and was taken if that is known", async () => {
  const ids: unknown[] = [];
  const standIn = serve({
    onCommand: ({ command_id }, times) => {
      ids.push(command_id);
      if (times === 1) return Response.json({ code: "unavailable", detail: "Not now." }, { status: 503 });
      setTimeout(() => tell(standIn.sockets, String(command_id), "succeeded"));
      return Response.json({ code: "conflict", detail: "It is known." }, { status: 409 });
    },
  });
  await using _server = standIn.server;
  await using process = start(["command", "Ada", "--", "df"], { server: standIn.url });
  assert.equal((await process.ended).code, 0);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
});

Deno.test("a command that the server refuses ends at once", async () => {
  const { server, url } = serve({
    onCommand: () => Response.json({ code: "forbidden", detail: "Not you." }, { status: 403 }),
  });
  await using _server = server;
  await using process = start(["command", "Ada", "--", "df"], { server: url });
  assert.deepEqual(await process.ended, { code: 5, out: "", err: "Not you.\n" });
});
