// Shows what a build makes of the test app: pages with islands, file routes, static files and the client's code.
import { expect } from "expect";
import { App, csp, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { h } from "preact";
import Counter from "./testdata/islands/Counter.tsx";
import { testApp, withBuild } from "./testdata/test_app.ts";

const ask = async (path: string, init?: RequestInit): Promise<[number, string, Headers]> => {
  const response = await testApp().handler()(new Request(`http://localhost${path}`, init));
  return [response.status, await response.text(), response.headers];
};

async function gzipped(text: string): Promise<number> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
}

Deno.test("a page with one signals island loads at most 10,000 bytes of gzipped JavaScript (9,704 when this was written)", async () => {
  const [, body] = await ask("/");
  const urls = Array.from(body.matchAll(/(?:src|href)="(\/_fresh\/js\/[^"]+)"/g), (match) => match[1]!);
  const sizes = await Promise.all(urls.map(async (url) => await gzipped((await ask(url))[1])));
  const total = sizes.reduce((sum, size) => sum + size);
  expect(total).toBeLessThanOrEqual(10_000);
  expect(total).toBeGreaterThan(5_000);
});

Deno.test("a page without islands loads no JavaScript", async () => {
  expect((await ask("/rooms/7"))[1]).not.toContain("<script");
});

Deno.test("a page has no inline script, and props cannot end the element that carries them", async () => {
  const [, body] = await ask("/shared");
  const scripts = Array.from(body.matchAll(/<script[^>]*>/g), ([tag]) => tag);
  expect(scripts.every((tag) => tag.includes(" src=") || tag.includes('type="application/json"'))).toBe(true);
  expect(body).not.toContain('"<b>"');
  expect(body).toContain('"\\u003cb>"');
});

Deno.test("the client's code is served to be kept for a year", async () => {
  const [, body] = await ask("/");
  const url = /src="([^"]+)"/.exec(body)![1]!;
  const [status, , headers] = await ask(url);
  expect(status).toBe(200);
  expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(headers.get("content-type")).toBe("text/javascript; charset=utf-8");
});

Deno.test("the client's code is sent compressed to who takes gzip", async () => {
  const [, body] = await ask("/");
  const url = /src="([^"]+)"/.exec(body)![1]!;
  const cases: [accepted: string, encoding: string | null][] = [
    ["gzip, br", "gzip"],
    ["gzip;q=0.5", "gzip"],
    ["gzip;q=0", null],
    ["br", null],
  ];
  const plain = (await ask(url))[1];
  for (const [accepted, encoding] of cases) {
    const request = new Request(`http://localhost${url}`, { headers: { "accept-encoding": accepted } });
    const response = await testApp().handler()(request);
    expect([accepted, response.headers.get("content-encoding")]).toEqual([accepted, encoding]);
    expect(response.headers.get("vary")).toBe("accept-encoding");
    const sent = encoding ? response.body!.pipeThrough(new DecompressionStream("gzip")) : response.body;
    expect(await new Response(sent).text()).toBe(plain);
  }
});

Deno.test("file routes get their middlewares, parameters, status, headers and head", async () => {
  const [status, body, headers] = await ask("/rooms/blue");
  expect([status, headers.get("x-trail")]).toEqual([200, "root,group"]);
  expect(body).toContain("<title>Room blue</title>");
  expect(body).not.toContain("<title>Test</title>");
  expect(body).toContain('<main data-path="/rooms/blue"><h1>blue</h1></main>');
  const [posted, , to] = await ask("/rooms/blue", { method: "POST" });
  expect([posted, to.get("location")]).toEqual([303, "/rooms/new?from=form"]);
  expect((await ask("/some/where"))[1]).toBe("rest of some/where");
});

Deno.test("a style sheet that a page adds to the head stands there once, pinned to this build", async () => {
  const [, body] = await ask("/lazy");
  const links = Array.from(body.matchAll(/<link[^>]*data-key="page"[^>]*>/g), ([tag]) => tag);
  expect(links).toEqual([expect.stringMatching(/href="\/style\.css\?__frsh_c=\w{16}"/)]);
});

Deno.test("what an island imports lazily is a file that its page does not name", async () => {
  const [, body] = await ask("/lazy");
  const urls = Array.from(body.matchAll(/(?:src|href)="(\/_fresh\/js\/[^"]+)"/g), (match) => match[1]!);
  const codes = await Promise.all(urls.map(async (url) => (await ask(url))[1]));
  expect(codes.some((code) => code.includes("loaded only when"))).toBe(false);
});

Deno.test("_error shows what was thrown, inside the layouts, with its status", async () => {
  const [status, body] = await ask("/rooms/none");
  expect(status).toBe(404);
  expect(body).toContain('<main data-path="/rooms/none"><h1>Problem 404</h1></main>');
});

Deno.test("a static file is revalidated by its tag, and kept for a year at its pinned address", async () => {
  const [, , headers] = await ask("/style.css");
  expect([headers.get("content-type"), headers.get("cache-control")]).toEqual([
    "text/css; charset=utf-8",
    "no-cache",
  ]);
  const etag = headers.get("etag")!;
  expect((await ask("/style.css", { headers: { "if-none-match": etag } }))[0]).toBe(304);
  expect((await ask("/style.css", { headers: { "if-none-match": 'W/"other"' } }))[0]).toBe(200);
  const pinned = /href="(\/style\.css\?[^"]+)"/.exec((await ask("/"))[1])![1]!;
  expect((await ask(pinned))[2].get("cache-control")).toBe("public, max-age=31536000, immutable");
});

Deno.test("an address pinned to another build is sent to the current file", async () => {
  const [status, , headers] = await ask("/style.css?__frsh_c=old&a=b");
  expect([status, headers.get("location")]).toEqual([307, "/style.css?a=b"]);
});

Deno.test("staticFiles() serves nothing outside its folder, and only to GET and HEAD", async () => {
  for (const path of ["/..%2fmain.ts", "/%2e%2e/main.ts", "/%00", "/%E0%A4%A"]) {
    expect((await ask(path))[1]).not.toContain("import");
  }
  expect((await ask("/style.css", { method: "POST" }))[0]).toBe(405);
  expect((await ask("/style.css", { method: "HEAD" })).slice(0, 2)).toEqual([200, ""]);
});

Deno.test("props that cannot be sent are named with their island", async () => {
  const app = new App()
    .onError("*", (ctx) => ctx.text((ctx.error as Error).message, { status: 500 }))
    .get("/", (ctx) => ctx.render(h(Counter, { start: 1, onDone: () => {} } as { start: number })));
  withBuild(app);
  const response = await app.handler()(new Request("http://localhost/"));
  expect(await response.text()).toBe(
    'Island "Counter": props.onDone is a function, which cannot be sent to a browser',
  );
});

Deno.test("ws() talks over a WebSocket behind csp()", async () => {
  const app = new App().use(csp()).ws("/echo", { message: (socket, event) => socket.send(event.data) });
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app.handler());
  const plain = await fetch(`http://127.0.0.1:${server.addr.port}/echo`);
  expect([plain.status, await plain.text()]).toEqual([400, "Expected a WebSocket upgrade request"]);
  const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/echo`);
  const answer = Promise.withResolvers<string>();
  const closed = Promise.withResolvers<void>();
  socket.onopen = () => socket.send("hello");
  socket.onmessage = ({ data }) => answer.resolve(data);
  socket.onclose = () => closed.resolve();
  expect(await answer.promise).toBe("hello");
  socket.close();
  await closed.promise;
});

Deno.test("a second build with the same sources runs no bundler and gives the same addresses", async () => {
  const outDir = await Deno.makeTempDir();
  try {
    const page = async () => {
      const app = new App().use(staticFiles()).fsRoutes();
      (await new Builder({ root: `${import.meta.dirname}/testdata`, outDir }).build({ snapshot: "memory" }))(
        app,
      );
      return await (await app.handler()(new Request("http://localhost/"))).text();
    };
    const first = await page();
    const [built] = Deno.readDirSync(`${outDir}/client`);
    const before = await Deno.stat(`${outDir}/client/${built!.name}`);
    const addresses = (html: string) => Array.from(html.matchAll(/\/_fresh\/js\/[^"]+/g), String);
    expect(addresses(await page())).toEqual(addresses(first));
    expect((await Deno.stat(`${outDir}/client/${built!.name}`)).ino).toBe(before.ino);
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
});

Deno.test("in development nothing may be cached, and a changed static file is served at once", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/static`);
    await Deno.writeTextFile(`${root}/static/a.txt`, "old");
    const app = new App().use(staticFiles());
    (await new Builder({ root }).build({ mode: "development", snapshot: "memory" }))(app);
    await Deno.writeTextFile(`${root}/static/a.txt`, "new");
    const response = await app.handler()(new Request("http://localhost/a.txt"));
    expect([await response.text(), response.headers.get("cache-control")]).toEqual(["new", "no-store"]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("an island that cannot be bundled fails the build with the bundler's words", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/islands`);
    const island = 'export default function Broken() {\n  return import("./missing.ts").then(String);\n}\n';
    await Deno.writeTextFile(`${root}/islands/Broken.ts`, island);
    await expect(new Builder({ root }).build({ snapshot: "memory" })).rejects.toThrow(
      /deno bundle says:[^]*missing/,
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a disk build writes a server.js that serves the app", async () => {
  const outDir = await Deno.makeTempDir();
  try {
    await new Builder({ root: `${import.meta.dirname}/testdata`, outDir }).build();
    const code = await Deno.readTextFile(`${outDir}/server.js`);
    expect(code).toContain("export default { fetch: app.handler() }");
    expect(code).toContain("testdata/main.ts");
  } finally {
    await Deno.remove(outDir, { recursive: true });
  }
});
