/** A connection whose reader does not read, over a real socket. */
import assert from "node:assert/strict";
import { openRaw } from "../testing/raw_socket.ts";
import { CLOSE } from "./close_code.ts";
import { Connection } from "./connection.ts";

Deno.test("a reader that does not read is closed before its frames fill the memory", async () => {
  const opened = Promise.withResolvers<Connection>();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => opened.resolve(new Connection(socket, { maxBytes: 1_000, framesPerSecond: 10 }));
    return response;
  });
  using _client = await openRaw(server.addr.port);
  const connection = await opened.promise;
  const codes: number[] = [];
  const close = connection.close.bind(connection);
  connection.close = (code, reason) => (codes.push(code), close(code, reason));
  let isOver = false;
  connection.onClose = () => isOver = true;
  const frame = "x".repeat(1024 * 1024);
  let sent = 0;
  for (; !isOver && sent < 200; sent++) connection.send(frame);
  assert.deepEqual([codes, isOver], [[CLOSE.slowReader], true]);
  assert.ok(sent < 50, `${sent} MB were taken`);
  assert.equal(await connection.drained(), false);
});
