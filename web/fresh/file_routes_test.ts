import { expect } from "expect";
import { compareRoutes, fileMeaning } from "./file_routes.ts";

Deno.test("fileMeaning() reads what a route file is, where it applies and at which address it is", () => {
  const cases: [path: string, kind: string, scope: string, pattern: string][] = [
    ["index.tsx", "route", "", "/"],
    ["about.tsx", "route", "", "/about"],
    ["rooms/index.tsx", "route", "/rooms", "/rooms"],
    ["rooms/[id].tsx", "route", "/rooms", "/rooms/:id"],
    ["rooms/[id]/log.ts", "route", "/rooms/:id", "/rooms/:id/log"],
    ["rooms/[id].json.ts", "route", "/rooms", "/rooms/:id.json"],
    ["[...rest].ts", "route", "", "/:rest*"],
    ["(group)/index.tsx", "route", "/(group)", "/"],
    ["(group)/a/[id].tsx", "route", "/(group)/a", "/a/:id"],
    ["_app.tsx", "app", "", "/"],
    ["rooms/_layout.tsx", "layout", "/rooms", "/rooms"],
    ["(group)/_middleware.ts", "middleware", "/(group)", "/"],
    ["_error.tsx", "error", "", "/"],
  ];
  for (const [path, kind, scope, pattern] of cases) {
    expect([path, fileMeaning(path)]).toEqual([path, { kind, scope, pattern }]);
  }
});

Deno.test("fileMeaning() refuses a name that means nothing", () => {
  for (const path of ["_404.tsx", "[id.tsx", "[[id]].tsx", "[a][b].tsx", "[...a]b.tsx"]) {
    expect(() => fileMeaning(path)).toThrow(`routes/${path}`);
  }
});

Deno.test("compareRoutes() puts the more specific route first", () => {
  const sorted = [
    "/",
    "/about",
    "/rooms/new",
    "/rooms/:id/log",
    "/rooms/x-:id",
    "/rooms/:id",
    "/:page",
    "/:rest*",
  ];
  const shuffled = [...sorted].sort();
  const order = shuffled.map((pattern) => ({ pattern })).sort(compareRoutes).map(({ pattern }) => pattern);
  const place = (pattern: string) => order.indexOf(pattern);
  expect(place("/rooms/new")).toBeLessThan(place("/rooms/:id"));
  expect(place("/rooms/x-:id")).toBeLessThan(place("/rooms/:id"));
  expect(place("/rooms/:id/log")).toBeLessThan(place("/rooms/:id"));
  expect(place("/about")).toBeLessThan(place("/:page"));
  expect(order.at(-1)).toBe("/:rest*");
});
