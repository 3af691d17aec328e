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
  for (const { resolve } of answers) resolve(asked);
  // The late answer is of no use any more, but the next question is asked again once it has come.
  let answer: number | undefined;
  while (answer === undefined) answer = await question.ask();
  assert.deepEqual([answer, asked], [1, 2]);
});

Deno.test("disposing of a question leaves no timer", () => {
  const clock = new FakeClock();
  const question = new Question(clock, 2_000, () => new Promise(() => {}));
  void question.ask();
  assert.equal(clock.timers, 1);
  question[Symbol.dispose]();
  assert.equal(clock.timers, 0);
});
