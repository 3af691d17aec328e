import assert from "node:assert/strict";
import { FakeClock } from "../presence/fake_clock.ts";
import { Question } from "./question.ts";

Deno.test("ask() gives the answer, and undefined where it fails", async () => {
  const clock = new FakeClock();
  const answers = [
    () => Promise.resolve(1),
    () => Promise.reject(new Error("away")),
    () => {
      throw new Error("closed");
    },
    () => Promise.resolve(2),
  ];
  using question = new Question<number>(clock, 2_000, () => answers.shift()!());
  for (const expected of [1, undefined, undefined, 2]) assert.equal(await question.ask(), expected);
  assert.equal(clock.timers, 0);
});

Deno.test("ask() waits no longer than it may, and asks nobody who has not answered yet", async () => {
  const clock = new FakeClock();
  const answers = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  let asked = 0;
  using question = new Question(clock, 2_000, () => answers[asked++]!.promise);
  const first = question.ask();
  clock.advance(1_999);
  assert.equal(await Promise.race([first, Promise.resolve("still asking")]), "still asking");
  clock.advance(1);
  assert.equal(await first, undefined);
  assert.equal(await question.ask(), undefined);
  assert.equal(asked, 1);
  answers[0]!.resolve(1);
  // The late answer is of use while it is too early to ask again.
  let answer: number | undefined;
  while (answer === undefined) answer = await question.ask();
  assert.deepEqual([answer, asked], [1, 1]);
  clock.advance(2_000 * 19);
  answers[1]!.resolve(2);
  assert.deepEqual([await question.ask(), asked], [2, 2]);
});

Deno.test("ask() takes a twentieth of the time at most: until then the last answer stands, for a minute at the longest", async () => {
  const clock = new FakeClock();
  let asked = 0;
  let tookMs = 100;
  using question = new Question(clock, 2_000, () => {
    clock.freeze(tookMs);
    return Promise.resolve(++asked);
  });
  assert.equal(await question.ask(), 1);
  clock.advance(1_899);
  assert.equal(await question.ask(), 1);
  clock.advance(1);
  tookMs = 100_000;
  assert.equal(await question.ask(), 2);
  clock.advance(59_999);
  assert.equal(await question.ask(), 2);
  clock.advance(1);
  assert.equal(await question.ask(), 3);
});

Deno.test("disposing of a question leaves no timer", () => {
  const clock = new FakeClock();
  const question = new Question(clock, 2_000, () => new Promise(() => {}));
  void question.ask();
  assert.equal(clock.timers, 1);
  question[Symbol.dispose]();
  assert.equal(clock.timers, 0);
});
