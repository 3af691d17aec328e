/** What stands around every page, as the server gives it: error pages, the language, and what may be kept. */
import { expect } from "expect";
import { Builder } from "fresh/dev";
import { HttpError } from "fresh";
import { createApp } from "./app.ts";
import { ServerApi } from "./lib/server/server_api.ts";
import { SocketProxy } from "./lib/server/socket_proxy.ts";

const outDir = await Deno.makeTempDir({ prefix: "parley-web-frame-" });
globalThis.addEventListener("unload", () => Deno.removeSync(outDir, { recursive: true }));
const apply = await new Builder({ root: import.meta.dirname!, outDir }).build({ snapshot: "memory" });

/** A dashboard whose server is away, and where some addresses fail in ways that no page does by itself. */
function dashboard(): (path: string, init?: RequestInit) => Promise<Response> {
  const app = createApp({
    api: new ServerApi(new URL("http://127.0.0.1:1/")),
    sockets: new SocketProxy(new URL("ws://127.0.0.1:1/ws")),
    hostname: "127.0.0.1",
  });
  apply(app);
  app.get("/fails", () => Promise.reject(new Error("secret at file:///home/x.ts:1:2")));
  app.get("/unavailable", () => Promise.reject(new HttpError(503)));
  const handler = app.handler();
  return async (path, init) => {
    const headers = { host: "localhost", ...init?.headers as Record<string, string> };
    return await handler(new Request(`http://localhost${path}`, { ...init, headers }));
  };
}

const ERRORS: [path: string, headers: Record<string, string>, status: number, title: string][] = [
  ["/nothing", {}, 404, "There is nothing here"],
  ["/c/%3Cscript%3E", {}, 404, "There is nothing here"],
  ["/language", {}, 405, "There is nothing here"],
  ["/", { host: "evil.example" }, 403, "This is not allowed"],
  ["/unavailable", {}, 503, "Not available now"],
  ["/fails", {}, 500, "This did not work"],
];

for (const [path, headers, status, title] of ERRORS) {
  Deno.test(`the error page of ${status} at ${path} stands in the frame, says what it is, and nothing of its cause`, async () => {
    const response = await dashboard()(path, { headers });
    const html = await response.text();
    expect([response.status, response.headers.get("cache-control")]).toEqual([status, "no-store"]);
    expect(html).toContain(`<title>${title} · Parley</title>`);
    expect(html.match(/<title>/g)).toHaveLength(1);
    expect(html).toContain('<html lang="en">');
    expect(html).toContain(`<h1>${title}</h1>`);
    expect(html).toContain('class="rail"');
    expect(html).not.toMatch(/secret|file:\/\/|\.ts\b/);
  });
}

Deno.test("every page says what Parley is to those who list it, and names the key that opens the palette", async () => {
  const html = await (await dashboard()("/")).text();
  expect(html).toMatch(/<meta name="description" content="[^"]{20,160}"/);
  expect(html).toContain("Ctrl K");
  const mac = await (await dashboard()("/", { headers: { "user-agent": "Mozilla/5.0 (Macintosh)" } })).text();
  expect(mac).toContain("⌘ K");
});

const choose = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  chooseBy(new URLSearchParams(fields).toString(), headers);
const chooseBy = (body: string, headers: Record<string, string> = {}) =>
  dashboard()("/language", {
    method: "POST",
    body,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "content-length": String(body.length),
      ...headers,
    },
  });

Deno.test("a language that is chosen is remembered, and leads back to where the reader was", async () => {
  const response = await choose({ language: "en", back: "/tasks?status=failed&q=a%20b" }, {
    origin: "http://localhost",
  });
  expect([response.status, response.headers.get("location")]).toEqual([303, "/tasks?status=failed&q=a%20b"]);
  expect(response.headers.get("set-cookie")).toMatch(
    /^parley_language=en; Path=\/; Max-Age=\d+; SameSite=Lax/,
  );
});

Deno.test("the way back from a language never leaves the dashboard", async () => {
  const ways = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "http://localhost",
    "/\n/evil.example",
    "/a\r\nset-cookie: x=1",
    "evil.example",
    "",
  ];
  for (const back of ways) {
    const response = await choose({ language: "en", back });
    const location = response.headers.get("location") ?? "";
    const { origin } = new URL(location, "http://localhost");
    expect([back, response.status, origin]).toEqual([back, 303, "http://localhost"]);
    expect(response.headers.getSetCookie()).toHaveLength(1);
  }
});

Deno.test("a language that is not spoken, a form that is none and a foreign page's choice are refused", async () => {
  for (const language of ["", "xx", "constructor", "en; Domain=evil.example"]) {
    const response = await choose({ language, back: "/" });
    await response.body?.cancel();
    expect([language, response.status, response.headers.get("set-cookie")]).toEqual([language, 400, null]);
  }
  const odd = await chooseBy("{}", { "content-type": "application/json" });
  await odd.body?.cancel();
  expect(odd.status).toBe(400);
  const foreign = await choose({ language: "en", back: "/" }, {
    origin: "http://evil.example",
    "sec-fetch-site": "cross-site",
  });
  await foreign.body?.cancel();
  expect([foreign.status, foreign.headers.get("set-cookie")]).toEqual([403, null]);
});

Deno.test("a form that is longer than a choice can be, or does not say how long it is, is not read", async () => {
  const body = new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(65_536)) });
  for (const length of [{ "content-length": "16385" }, { "content-length": "x" }, {}]) {
    const response = await dashboard()("/language", { method: "POST", body, headers: length as HeadersInit });
    expect([length, response.status]).toEqual([length, 413]);
    await response.body?.cancel();
  }
});
