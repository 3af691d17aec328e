/** A connection whose reader does not read, over a real socket. */
import assert from "node:assert/strict";
import { pause } from "../../shared/pause.ts";
import { openRaw, type RawSocket } from "../testing/raw_socket.ts";
import { CLOSE } from "./close_code.ts";
import { Connection } from "./connection.ts";

/** Serves one connection, to a client that reads when it is told to. */
async function scene(play: (connection: Connection, client: RawSocket) => Promise<void>): Promise<void> {
  const opened = Promise.withResolvers<Connection>();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => opened.resolve(new Connection(socket, { maxBytes: 1_000, framesPerSecond: 10 }));
    return response;
  });
  using client = await openRaw(server.addr.port);
  await play(await opened.promise, client);
}

Deno.test("news are not added to what a reader does not read, and it catches up once it does", () =>
  scene(async (connection, client) => {
    const frame = "x".repeat(64 * 1024);
    let taken = 0;
    while (connection.offer(frame)) {
      if (++taken > 1_000) throw new Error("It never counts as behind");
      await pause(0);
    }
    assert.ok(connection.isBehind);
    const caughtUp = connection.caughtUp();
    await client.read(taken * frame.length);
    assert.equal(await caughtUp, true);
    assert.equal(connection.offer(frame), true);
  }));

Deno.test("a reader that does not read is closed before its frames fill the memory", () =>
  scene(async (connection) => {
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
  }));
