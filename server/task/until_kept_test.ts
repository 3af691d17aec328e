import { strict as assert } from "node:assert";
import { type ErrorCode, ParleyError } from "../../shared/error.ts";
import { FakeClock } from "../presence/fake_clock.ts";
import { UntilKept } from "./until_kept.ts";

/** Work that fails with each of `codes` in turn, then is kept. */
function failing(...codes: ErrorCode[]) {
  const tried = { times: 0 };
  const work = () => {
    const code = codes[tried.times++];
    return code ? Promise.reject(new ParleyError(code, "no")) : Promise.resolve();
  };
  return { tried, work };
}

Deno.test("run() tries a second later what the store did not keep, and no more once it has", async () => {
  const clock = new FakeClock();
  using untilKept = new UntilKept(clock);
  const { tried, work } = failing("unavailable");
  await untilKept.run("one", work);
  clock.advance(999);
  assert.equal(tried.times, 1);
  clock.advance(1);
  assert.equal(tried.times, 2);
  await Promise.resolve();
  clock.advance(10_000);
  assert.equal(tried.times, 2);
});

for (const code of ["conflict", "not_found"] as const) {
  Deno.test(`run() leaves alone what has happened otherwise (${code})`, async () => {
    const clock = new FakeClock();
    using untilKept = new UntilKept(clock);
    const { tried, work } = failing(code);
    await untilKept.run("one", work);
    clock.advance(10_000);
    assert.equal(tried.times, 1);
  });
}

Deno.test("run() does not try twice at once what has one name", async () => {
  using untilKept = new UntilKept(new FakeClock());
  const { tried, work } = failing("unavailable", "unavailable");
  await untilKept.run("one", work);
  await untilKept.run("one", work);
  assert.equal(tried.times, 1);
  await untilKept.run("other", work);
  assert.equal(tried.times, 2);
});

Deno.test("nothing is tried once it is disposed of, and no timer is left", async () => {
  const clock = new FakeClock();
  const untilKept = new UntilKept(clock);
  const { tried, work } = failing("unavailable");
  await untilKept.run("one", work);
  untilKept[Symbol.dispose]();
  assert.equal(clock.timers, 0);
  await untilKept.run("two", work);
  assert.equal(tried.times, 1);
});
