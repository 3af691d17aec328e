import { expect } from "expect";
import { App, cors, csp, csrf, HttpError, type Middleware } from "fresh";
import { h } from "preact";

const ask = async <T>(app: App<T>, path: string, init?: RequestInit): Promise<[number, string, Headers]> => {
  const response = await app.handler()(new Request(`http://localhost${path}`, init));
  return [response.status, await response.text(), response.headers];
};

const named = (name: string): Middleware<{ trail?: string[] }> => async (ctx) => {
  (ctx.state.trail ??= []).push(name);
  const response = await ctx.next();
  response.headers.append("x-after", name);
  return response;
};

Deno.test("middlewares run from the outermost path inwards, in their order, and back", async () => {
  const app = new App<{ trail?: string[] }>()
    .use("/a", named("a"))
    .use(named("first"), named("second"))
    .use("/a/b", named("b"))
    .use("/c", named("c"))
    .get("/a/b/d", (ctx) => ctx.json(ctx.state.trail));
  const [, body, headers] = await ask(app, "/a/b/d");
  expect(JSON.parse(body)).toEqual(["first", "second", "a", "b"]);
  expect(headers.get("x-after")).toBe("b, a, second, first");
});

Deno.test("a middleware applies only to the routes that are registered after it", async () => {
  const app = new App<{ trail?: string[] }>()
    .get("/early", (ctx) => ctx.json(ctx.state.trail ?? []))
    .use(named("late"))
    .get("/after", (ctx) => ctx.json(ctx.state.trail ?? []));
  expect((await ask(app, "/early"))[1]).toBe("[]");
  expect((await ask(app, "/after"))[1]).toBe('["late"]');
});

Deno.test("a method that a path does not take is answered 405, OPTIONS with what it takes", async () => {
  const app = new App().get("/", (ctx) => ctx.text("get")).post("/", (ctx) => ctx.text("post"));
  expect((await ask(app, "/", { method: "PUT" }))[0]).toBe(405);
  const [status, , headers] = await ask(app, "/", { method: "OPTIONS" });
  expect([status, headers.get("allow")]).toEqual([204, "GET, POST"]);
  expect((await ask(app, "/", { method: "HEAD" })).slice(0, 2)).toEqual([200, ""]);
});

Deno.test("an HttpError nobody handles becomes its status and message, anything else a bare 500", async () => {
  const app = new App()
    .get("/teapot", () => {
      throw new HttpError(418, "short and stout");
    })
    .get("/secret", () => {
      throw new HttpError(404);
    });
  expect((await ask(app, "/teapot")).slice(0, 2)).toEqual([418, "short and stout"]);
  expect((await ask(app, "/secret")).slice(0, 2)).toEqual([404, "Not Found"]);
  expect((await ask(app, "/nowhere")).slice(0, 2)).toEqual([404, "Not Found"]);
});

Deno.test("the nearest error handler answers, and what it throws goes to the next one out", async () => {
  const app = new App()
    .onError("*", (ctx) => ctx.text(`outer: ${(ctx.error as Error).message}`, { status: 500 }))
    .onError("/a", (ctx) => ctx.text(`inner: ${(ctx.error as Error).message}`, { status: 500 }))
    .onError("/a/b", () => {
      throw new Error("again");
    })
    .get("/a/x", () => {
      throw new Error("x");
    })
    .get("/a/b/y", () => {
      throw new Error("y");
    })
    .get("/z", () => {
      throw new Error("z");
    });
  expect((await ask(app, "/a/x"))[1]).toBe("inner: x");
  expect((await ask(app, "/a/b/y"))[1]).toBe("inner: again");
  expect((await ask(app, "/z"))[1]).toBe("outer: z");
});

Deno.test("notFound() answers an unknown address and a thrown 404", async () => {
  const app = new App()
    .notFound((ctx) => ctx.text(`nothing at ${ctx.url.pathname}`, { status: 404 }))
    .get("/gone", () => {
      throw new HttpError(404);
    });
  expect((await ask(app, "/x")).slice(0, 2)).toEqual([404, "nothing at /x"]);
  expect((await ask(app, "/gone")).slice(0, 2)).toEqual([404, "nothing at /gone"]);
});

Deno.test("layouts and the app wrapper surround a page, and a page may leave them out", async () => {
  const page = { component: () => h("p", null, "page") };
  const app = new App()
    .appWrapper(({ Component }) => h("html", null, h("body", null, h(Component, null))))
    .layout("*", ({ Component }) => h("main", null, h(Component, null)))
    .layout("/a", async ({ Component }) => await Promise.resolve(h("section", null, h(Component, null))))
    .route("/a", page)
    .route("/bare", { ...page, config: { skipInheritedLayouts: true } });
  expect((await ask(app, "/a"))[1]).toBe(
    "<!DOCTYPE html><html><body><main><section><p>page</p></section></main></body></html>",
  );
  expect((await ask(app, "/bare"))[1]).toBe("<!DOCTYPE html><html><body><p>page</p></body></html>");
});

Deno.test("a page without an app wrapper becomes a whole document", async () => {
  const app = new App().get(
    "/",
    (ctx) => ctx.render(h("p", null, "<&>"), { status: 201, headers: { "x-a": "b" } }),
  );
  const [status, body, headers] = await ask(app, "/");
  expect(body).toBe(
    '<!DOCTYPE html><html><head><meta charset="utf-8"/></head><body><p>&lt;&amp;></p></body></html>',
  );
  expect([status, headers.get("x-a"), headers.get("content-type")]).toEqual([
    201,
    "b",
    "text/html; charset=utf-8",
  ]);
});

Deno.test("redirect() never leaves the origin for a path, and keeps the query as it is", async () => {
  const cases: [from: string, to: string][] = [
    ["/a", "/a"],
    ["//evil.example/a", "/evil.example/a"],
    ["/a//b?next=//c", "/a/b?next=//c"],
    ["https://example.com//a", "https://example.com//a"],
  ];
  for (const [from, to] of cases) {
    const app = new App().get("/", (ctx) => ctx.redirect(from));
    expect((await ask(app, "/"))[2].get("location")).toBe(to);
  }
});

Deno.test("stream() sends text and bytes as they come", async () => {
  const app = new App().get("/", (ctx) => ctx.stream(["a", new TextEncoder().encode("é"), "c"]));
  expect((await ask(app, "/"))[1]).toBe("aéc");
});

Deno.test("basePath moves every route, and trustProxy takes the proxy's address", async () => {
  const app = new App({ basePath: "/app", trustProxy: true }).get("/x", (ctx) => ctx.text(ctx.url.origin));
  const headers = { "x-forwarded-proto": "https", "x-forwarded-host": "example.com" };
  expect((await ask(app, "/app/x", { headers }))[1]).toBe("https://example.com");
  expect((await ask(app, "/x"))[0]).toBe(404);
  expect((await ask(app, "/application/x"))[0]).toBe(404);
});

Deno.test("an address outside basePath is answered 404, also where there is a home page", async () => {
  const app = new App({ basePath: "/app" }).get("/", (ctx) => ctx.text("home"));
  expect((await ask(app, "/app"))[1]).toBe("home");
  for (const path of ["/", "/x", "/application"]) {
    expect([path, (await ask(app, path))[0]]).toEqual([path, 404]);
  }
});

Deno.test("csp() and nosniff are on errors too, without 'unsafe-inline', whether or not a page answers them", async () => {
  const routes = (app: App<unknown>) =>
    app.use(csp({ useNonce: true })).get("/refused", () => {
      throw new HttpError(403);
    }).get("/a/:id", (ctx) => ctx.text(ctx.params.id!));
  const apps = [
    routes(new App()),
    routes(new App().onError("*", (ctx) => ctx.text("error page", { status: 500 }))),
  ];
  for (const app of apps) {
    for (const path of ["/nowhere", "/refused", "/a/%E0%A4%A"]) {
      const policy = (await ask(app, path))[2].get("content-security-policy");
      expect([path, policy]).toEqual([path, expect.stringContaining("script-src 'self';")]);
    }
  }
  expect((await ask(apps[0]!, "/nowhere"))[2].get("x-content-type-options")).toBe("nosniff");
});

Deno.test("csp() merges directives over the defaults and puts the page's nonce in place of 'unsafe-inline'", async () => {
  const Page = () => h("style", null, "p{}");
  const app = new App()
    .use(csp({ useNonce: true, csp: ["default-src 'none'"], reportTo: "/report" }))
    .get("/", (ctx) => ctx.render(h(Page, null)));
  const [, body, headers] = await ask(app, "/");
  const nonce = /nonce="(\w+)"/.exec(body)?.[1];
  const policy = headers.get("content-security-policy")!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("default-src 'self'");
  expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
  expect(policy).not.toContain("upgrade-insecure-requests");
  expect(headers.get("reporting-endpoints")).toBe('csp-endpoint="/report"');
});

Deno.test("csrf() refuses what a browser sends from another origin", async () => {
  const app = new App().use(csrf()).all("/", (ctx) => ctx.text("done"));
  const cases: [method: string, headers: Record<string, string>, status: number][] = [
    ["GET", { "sec-fetch-site": "cross-site", origin: "http://evil.example" }, 200],
    ["POST", {}, 200],
    ["POST", { "sec-fetch-site": "same-origin" }, 200],
    ["POST", { origin: "http://localhost" }, 200],
    ["POST", { origin: "http://evil.example" }, 403],
    ["POST", { origin: "null" }, 403],
    ["POST", { "sec-fetch-site": "cross-site", origin: "http://evil.example" }, 403],
    ["DELETE", { "sec-fetch-site": "same-site" }, 403],
  ];
  for (const [method, headers, status] of cases) {
    expect([method, headers, (await ask(app, "/", { method, headers }))[0]]).toEqual([
      method,
      headers,
      status,
    ]);
  }
});

Deno.test("csrf() asks the app's own function about an origin that the browser does not vouch for", async () => {
  const app = new App().use(
    csrf({ origin: (origin, { req }) => origin === `https://${req.headers.get("host")}` }),
  )
    .all("/", (ctx) => ctx.text("done"));
  const post = async (headers: Record<string, string>) =>
    (await ask(app, "/", { method: "POST", headers }))[0];
  expect(await post({ origin: "https://here.example", host: "here.example" })).toBe(200);
  expect(await post({ origin: "https://there.example", host: "here.example" })).toBe(403);
});

Deno.test("cors() answers preflights and names who may read", async () => {
  const app = new App()
    .use(cors({ origin: ["https://a.example"], maxAge: 60, credentials: true }))
    .get("/", (ctx) => ctx.text("done"));
  const origin = "https://a.example";
  const [status, , headers] = await ask(app, "/", { method: "OPTIONS", headers: { origin } });
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-origin")).toBe(origin);
  expect(headers.get("access-control-max-age")).toBe("60");
  const [, , foreign] = await ask(app, "/", { headers: { origin: "https://b.example" } });
  expect([foreign.get("access-control-allow-origin"), foreign.get("vary")]).toEqual([null, "Origin"]);
});
