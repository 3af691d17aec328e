/** Something that many ask for, done once for all of them. */
import { expect } from "expect";
import { Pace } from "./pace.ts";

/** Work that a test ends when it likes, and that says when it begins. */
function slowWork() {
  const begun: PromiseWithResolvers<void>[] = [Promise.withResolvers(), Promise.withResolvers()];
  const ends: PromiseWithResolvers<void>[] = [Promise.withResolvers(), Promise.withResolvers()];
  let count = 0;
  const work = () => {
    begun[count]?.resolve();
    return ends[count++]!.promise;
  };
  return { work, begun, ends, count: () => count };
}

Deno.test("asked for often it is done once, and once more for those who ask meanwhile", async () => {
  const { work, begun, ends, count } = slowWork();
  const pace = new Pace(work, 0);
  for (let asks = 0; asks < 5; asks++) pace.ask();
  await begun[0]!.promise;
  expect(count()).toBe(1);
  for (let asks = 0; asks < 5; asks++) pace.ask();
  expect(count()).toBe(1);
  ends[0]!.reject(new Error("It failed, which is left until somebody asks again."));
  await begun[1]!.promise;
  expect(count()).toBe(2);
  ends[1]!.resolve();
});

Deno.test("stopped before it began, it is not done", async () => {
  const { work, count } = slowWork();
  const pace = new Pace(work, 0);
  pace.ask();
  pace.stop();
  await new Promise((resolve) => setTimeout(resolve));
  expect(count()).toBe(0);
});
