import { expect } from "expect";
import { ApiError } from "./api.ts";
import { patiently } from "./patiently.ts";

const pace = (ms?: number) => new ApiError(429, "rate_limited", "Too many", ms);

Deno.test("patiently() waits as long as the server says, and tries again", async () => {
  const pauses: number[] = [];
  const answers = [pace(70), pace(), pace(1e9)];
  const answer = await patiently(
    () => answers.length > 0 ? Promise.reject(answers.shift()) : Promise.resolve("done"),
    { pause: (ms) => Promise.resolve(void pauses.push(ms)) },
  );
  expect([answer, pauses]).toEqual(["done", [70, 1_000, 60_000]]);
});

Deno.test("patiently() gives up in the end, and at once on whatever else fails", async () => {
  let tries = 0;
  const refuse = () => Promise.reject((tries++, pace()));
  await expect(patiently(refuse, { pause: () => Promise.resolve() })).rejects.toThrow("Too many");
  expect(tries).toBe(8);
  await expect(patiently(() => Promise.reject(new ApiError(409, "conflict", "No")))).rejects.toThrow("No");
});

Deno.test("patiently() does not try again once it is stopped, even in a pause", async () => {
  let tries = 0;
  const stopping = new AbortController();
  const refuse = () => {
    tries++;
    queueMicrotask(() => stopping.abort());
    return Promise.reject(pace(60_000));
  };
  await expect(patiently(refuse, { signal: stopping.signal })).rejects.toThrow("Too many");
  expect(tries).toBe(1);
});
