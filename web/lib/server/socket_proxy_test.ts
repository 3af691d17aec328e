import { expect } from "expect";
import { codeForPage, codeForServer, SocketProxy } from "./socket_proxy.ts";

const listen = { port: 0, hostname: "127.0.0.1", onListen: () => {} };

interface Joined {
  page: WebSocket;
  server: WebSocket;
  proxy: SocketProxy;
}

/** Joins a page with a server through a proxy, all of them real. */
async function joined(check: (joined: Joined) => Promise<void>): Promise<void> {
  const accepted = Promise.withResolvers<WebSocket>();
  await using upstream = Deno.serve(listen, (req) => {
    const { socket, response } = Deno.upgradeWebSocket(req);
    socket.onopen = () => accepted.resolve(socket);
    return response;
  });
  const proxy = new SocketProxy(new URL(`ws://127.0.0.1:${upstream.addr.port}/ws`));
  await using front = Deno.serve(listen, (req) => proxy.join(req));
  const page = new WebSocket(`ws://127.0.0.1:${front.addr.port}/`);
  await event(page, "open");
  const server = await accepted.promise;
  const ended = Promise.all([event(page, "close"), event(server, "close")]);
  await check({ page, server, proxy });
  page.close();
  server.close();
  await ended;
}

function event<Name extends keyof WebSocketEventMap>(
  socket: WebSocket,
  name: Name,
): Promise<WebSocketEventMap[Name]> {
  return new Promise((resolve) => socket.addEventListener(name, resolve, { once: true }));
}

Deno.test("SocketProxy passes frames on as they are, both ways and in order", () =>
  joined(async ({ page, server }) => {
    const received: string[] = [];
    const all = new Promise<void>((resolve) =>
      server.onmessage = ({ data }) => received.push(data) === 100 && resolve()
    );
    const sent = Array.from({ length: 100 }, (_, index) => `${index} \u0000 😀 ${"x".repeat(index * 100)}`);
    for (const frame of sent) page.send(frame);
    await all;
    expect(received).toEqual(sent);
    const back = event(page, "message");
    server.send("and back");
    expect((await back).data).toBe("and back");
  }));

Deno.test("SocketProxy passes on a frame that is longer than what may wait before it", () =>
  joined(async ({ page, server }) => {
    const frame = "x".repeat(9_000_000);
    const arrived = event(page, "message");
    server.send(frame);
    expect((await arrived).data.length).toBe(frame.length);
  }));

Deno.test("SocketProxy passes the server's closing code and reason on to the page", () =>
  joined(async ({ page, server }) => {
    const closed = event(page, "close");
    server.close(4401, "Who are you?");
    const { code, reason } = await closed;
    expect([code, reason]).toEqual([4401, "Who are you?"]);
  }));

Deno.test("SocketProxy tells the server when the page leaves", () =>
  joined(async ({ page, server }) => {
    const closed = event(server, "close");
    page.close();
    await closed;
  }));

Deno.test("SocketProxy refuses frames that are no text", () =>
  joined(async ({ page }) => {
    const closed = event(page, "close");
    page.send(new Uint8Array([1, 2, 3]));
    expect((await closed).code).toBe(1003);
  }));

Deno.test("SocketProxy sends every page away when it ends, and takes no more", () =>
  joined(async ({ page, proxy }) => {
    const closed = event(page, "close");
    proxy.close();
    expect((await closed).code).toBe(1001);
    expect((await proxy.join(new Request("http://localhost/ws"))).status).toBe(503);
  }));

Deno.test("codeForPage() and codeForServer() stay within what each may be sent", () => {
  const pages = [[1000, 1000], [1009, 1009], [4401, 4401], [1005, 1012], [1006, 1012], [0, 1012]];
  for (const [code, given] of pages) expect(codeForPage(code!)).toBe(given);
  for (const [code, given] of [[1000, 1000], [1001, 1000], [1006, 1000], [4000, 4000]]) {
    expect(codeForServer(code!)).toBe(given);
  }
});
