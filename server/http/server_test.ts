import assert from "node:assert/strict";
import { atMost } from "../../shared/pause.ts";
import { Hub } from "../testing/hub.ts";

const HALF_A_REQUEST = [
  "POST /api/messages HTTP/1.1",
  "Host: localhost",
  "Content-Type: application/json",
  "Content-Length: 1000",
  "",
  `{"text_payload":`,
].join("\r\n");

Deno.test("a server ends though a request's body never does, and everything is closed then", async () => {
  const hub = await Hub.open({ hasBroker: false });
  const client = await Deno.connect({ hostname: "127.0.0.1", port: hub.server.httpPort });
  await client.write(new TextEncoder().encode(HALF_A_REQUEST));
  // Another request, answered later than the half one was begun.
  await (await fetch(`${hub.http}/healthz`)).body?.cancel();
  try {
    assert.ok(await atMost(5_000, hub[Symbol.asyncDispose]()), "it waits for the body");
    await assert.rejects(hub.bus.publish("any", { id: "msg_1", body: "{}", headers: {} }));
  } finally {
    client.close();
  }
});

Deno.test("a request to a name that is not this machine's is told which names are", async () => {
  await using hub = await Hub.open({ hasBroker: false });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: hub.server.httpPort });
  const request = ["GET / HTTP/1.1", "Host: rebound.example", "Connection: close", "", ""].join("\r\n");
  await connection.write(new TextEncoder().encode(request));
  const answer = await new Response(connection.readable).text();
  assert.match(answer, /^HTTP\/1\.1 403 /);
  assert.match(answer, /serves requests to localhost/);
  assert.doesNotMatch(answer, /ALLOWED_ORIGINS/);
});
