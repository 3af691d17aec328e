import { expect } from "expect";
import { Router } from "./router.ts";

function router(): Router<string> {
  const router = new Router<string>();
  router.add("GET", "/rooms/new", "form");
  router.add("POST", "/rooms/new", "create");
  router.add("GET", "/rooms/:id", "room");
  router.add("GET", "/rooms/:id", "second");
  router.add("GET", "/files/:path*", "file");
  return router;
}

Deno.test("Router.match() finds the item and the parameters of a path", () => {
  const cases: [method: string, path: string, item: string | null, params: Record<string, string>][] = [
    ["GET", "/rooms/new", "form", {}],
    ["GET", "/rooms/new/", "form", {}],
    ["POST", "/rooms/new", "create", {}],
    ["HEAD", "/rooms/new", "form", {}],
    ["GET", "/rooms/7", "room", { id: "7" }],
    ["GET", "/rooms/%C3%A9", "room", { id: "é" }],
    ["GET", "/files/a/b.txt", "file", { path: "a/b.txt" }],
    ["GET", "/files", "file", { path: "" }],
    ["DELETE", "/rooms/new", null, {}],
    ["GET", "/nowhere", null, {}],
  ];
  for (const [method, path, item, params] of cases) {
    expect([method, path, router().match(method, path)]).toMatchObject([method, path, { item, params }]);
  }
});

Deno.test("Router.match() tells an unknown path from an unknown method", () => {
  expect(router().match("PUT", "/rooms/new")).toMatchObject({
    pattern: "/rooms/new",
    allowed: ["GET", "POST"],
  });
  expect(router().match("PUT", "/nowhere")).toMatchObject({ pattern: null, allowed: [] });
});

Deno.test("Router.match() answers 400 when a parameter's escape is broken", () => {
  expect(() => router().match("GET", "/rooms/%E0%A4%A")).toThrow("broken escape");
});
