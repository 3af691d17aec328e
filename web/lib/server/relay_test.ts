import { expect } from "expect";
import { relay } from "./relay.ts";
import { ServerApi } from "./server_api.ts";

const listen = { port: 0, hostname: "127.0.0.1", onListen: () => {} };

/** A dashboard in front of a server that answers by `answer`, both of them real. */
async function relayed(
  answer: (req: Request) => Response | Promise<Response>,
  check: (base: string) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve(listen, answer);
  const api = new ServerApi(new URL(`http://127.0.0.1:${server.addr.port}/`));
  await using front = Deno.serve(listen, (req) => relay(api, req, new URL(req.url).pathname.slice(1)));
  await check(`http://127.0.0.1:${front.addr.port}`);
}

Deno.test("relay() passes on method, path, query, body and what identifies the caller, and nothing else", () =>
  relayed(
    async (req) => {
      const { pathname, search } = new URL(req.url);
      const { method, headers } = req;
      const told = ["authorization", "content-type", "cookie", "origin"].map((name) => headers.get(name));
      return Response.json({ asked: [method, pathname + search], told, body: await req.text() }, {
        status: 409,
        headers: { "retry-after": "7", "set-cookie": "a=b" },
      });
    },
    async (base) => {
      const response = await fetch(`${base}/api/agents/agent_1/pause?x=%2F`, {
        method: "POST",
        body: '{"a":1}',
        headers: {
          authorization: "Bearer 1",
          "content-type": "application/json",
          cookie: "secret=1",
          origin: "http://here",
        },
      });
      expect([response.status, response.headers.get("retry-after"), response.headers.get("set-cookie")])
        .toEqual([
          409,
          "7",
          null,
        ]);
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(await response.json()).toEqual({
        asked: ["POST", "/api/agents/agent_1/pause?x=%2F"],
        told: ["Bearer 1", "application/json", null, null],
        body: '{"a":1}',
      });
    },
  ));

Deno.test("relay() passes a stream of events on as it comes, and ends it when its reader has left", async () => {
  const left = Promise.withResolvers<void>();
  const more = Promise.withResolvers<void>();
  const encoder = new TextEncoder();
  const events = () =>
    new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(encoder.encode("data: 1\n\n"));
        await more.promise;
        controller.enqueue(encoder.encode("data: 2\n\n"));
      },
      cancel: () => left.resolve(),
    });
  await relayed(
    () => new Response(events(), { headers: { "content-type": "text/event-stream; charset=utf-8" } }),
    async (base) => {
      const response = await fetch(`${base}/api/task-events`);
      expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      expect((await reader.read()).value).toBe("data: 1\n\n");
      more.resolve();
      expect((await reader.read()).value).toBe("data: 2\n\n");
      await reader.cancel();
      await left.promise;
    },
  );
});

Deno.test("relay() answers 503 with a problem while the server cannot be reached", async () => {
  const api = new ServerApi(new URL("http://127.0.0.1:1/"));
  const response = await relay(api, new Request("http://localhost/api/agents"), "api/agents");
  expect([response.status, (await response.json()).code]).toEqual([503, "unavailable"]);
});
