import { expect } from "expect";
import { ApiError, ask } from "./api.ts";

const listen = { port: 0, hostname: "127.0.0.1", onListen: () => {} };

Deno.test("ask() sends JSON, gives the answer's, and throws what the server said was wrong", async () => {
  await using server = Deno.serve(listen, async (req) => {
    const { pathname } = new URL(req.url);
    if (pathname === "/none") return new Response(null, { status: 204 });
    if (pathname === "/odd") return new Response("<html>", { status: 502, statusText: "Bad Gateway" });
    if (pathname === "/wrong") {
      return Response.json({ title: "Conflict", detail: "It is there already.", code: "conflict" }, {
        status: 409,
      });
    }
    if (pathname === "/soon") {
      return Response.json({ code: "rate_limited", retry_after_ms: 70 }, { status: 429 });
    }
    return Response.json({
      method: req.method,
      body: await req.json(),
      type: req.headers.get("content-type"),
    });
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  expect(await ask<unknown>(`${base}/`, { method: "POST", body: { a: 1 } })).toEqual({
    method: "POST",
    body: { a: 1 },
    type: "application/json",
  });
  expect(await ask<unknown>(`${base}/none`, { method: "DELETE" })).toBeUndefined();
  const failed = (path: string) => ask(base + path).catch((error) => error);
  expect(await failed("/wrong")).toEqual(new ApiError(409, "conflict", "It is there already."));
  expect(await failed("/wrong")).toMatchObject({ status: 409, code: "conflict" });
  expect(await failed("/soon")).toMatchObject({ status: 429, retryAfterMs: 70 });
  expect(await failed("/odd")).toMatchObject({ status: 502, code: "" });
});

Deno.test("ask() tells that nobody was reached by the status 0, and passes on that it was called off", async () => {
  expect(await ask("http://127.0.0.1:1/").catch((error) => error)).toMatchObject({
    status: 0,
    code: "unavailable",
  });
  const signal = AbortSignal.abort();
  expect(await ask("http://127.0.0.1:1/", { signal }).catch(({ name }) => name)).toBe("AbortError");
});
