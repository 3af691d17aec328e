import { expect } from "expect";
import type { Listed } from "../server/server_api.ts";
import { ApiError } from "./api.ts";
import { walk } from "./walk.ts";

const PAGES: Record<string, Listed<number>> = {
  "/": { items: [1, 2], next_cursor: "a" },
  "/a": { items: [3], next_cursor: "b" },
  "/b": { items: [4], next_cursor: null },
};
const pathOf = (cursor: string) => `/${cursor}`;
const read = (path: string) => Promise.resolve(PAGES[path]!);

Deno.test("walk() goes through every page", async () => {
  expect(await Array.fromAsync(walk(pathOf, { read }))).toEqual([[1, 2], [3], [4]]);
});

Deno.test("walk() goes no further once it is stopped, and gives nothing that it read then", async () => {
  const stopping = new AbortController();
  const asked: string[] = [];
  const stop = (path: string) => {
    asked.push(path);
    if (path === "/a") stopping.abort();
    return read(path);
  };
  expect(await Array.fromAsync(walk(pathOf, { read: stop, signal: stopping.signal }))).toEqual([[1, 2]]);
  expect(asked).toEqual(["/", "/a"]);
});

Deno.test("walk() waits where the server asks for it, and ends with whatever else goes wrong", async () => {
  let tries = 0;
  const busy = () => tries++ === 0 ? Promise.reject(new ApiError(429, "rate_limited", "", 1)) : read("/b");
  expect(await Array.fromAsync(walk(pathOf, { read: busy }))).toEqual([[4]]);
  const gone = () => Promise.reject(new ApiError(503, "unavailable", "Away."));
  await expect(Array.fromAsync(walk(pathOf, { read: gone }))).rejects.toThrow("Away.");
});
