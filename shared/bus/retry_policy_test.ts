import { strict as assert } from "node:assert";
import { ERROR_CODES, ParleyError, retryable } from "../error.ts";
import { DEAD_LETTER_QUEUE } from "../model/queue.ts";
import type { Verdict } from "./bus.ts";
import { decide, hopeless, isHopeless, type Outcome, retryDelayMs } from "./retry_policy.ts";

const POLICY = { maxAttempts: 3, firstDelayMs: 100, maxDelayMs: 1_000 };

Deno.test("retryDelayMs() doubles up to the longest pause, of which a random half is left out", () => {
  const cases = [[1, 50, 100], [2, 100, 200], [3, 200, 400], [4, 400, 800], [5, 500, 1_000], [
    60,
    500,
    1_000,
  ]] as const;
  for (const [attempt, least, most] of cases) {
    assert.equal(retryDelayMs(attempt, POLICY, () => 0), least);
    assert.equal(retryDelayMs(attempt, POLICY, () => 1), most);
  }
});

Deno.test("decide() acknowledges, retries or gives up by the verdict and the attempt", () => {
  const cases: [Verdict, number, Outcome["kind"]][] = [
    [{ kind: "ack" }, 1, "ack"],
    [{ kind: "ack" }, 9, "ack"],
    [{ kind: "retry" }, 1, "retry"],
    [{ kind: "retry" }, 2, "retry"],
    [{ kind: "retry" }, 3, "dead"],
    [{ kind: "return" }, 3, "return"],
    [{ kind: "reject", code: "not_found", reason: "Gone." }, 1, "dead"],
  ];
  for (const [verdict, attempt, expected] of cases) {
    assert.equal(decide({ verdict }, { queue: "q", attempt }, POLICY).kind, expected);
  }
});

Deno.test("decide() keeps to the delay that the handler asked for", () => {
  const outcome = decide({ verdict: { kind: "retry", delayMs: 7 } }, { queue: "q", attempt: 1 }, POLICY);
  assert.deepEqual(outcome, { kind: "retry", delayMs: 7 });
});

Deno.test("decide() judges what was thrown by its code", () => {
  for (const code of ERROR_CODES) {
    const outcome = decide({ thrown: new ParleyError(code, "Why.") }, { queue: "q", attempt: 1 }, POLICY);
    assert.equal(outcome.kind, retryable(code) ? "retry" : "dead", code);
  }
});

Deno.test("decide() shows outsiders the safe sentence of what was not foreseen", () => {
  const outcome = decide({ thrown: new Error("password is 1234") }, { queue: "q", attempt: 3 }, POLICY);
  assert.ok(outcome.kind === "dead" && outcome.code === "internal" && !outcome.reason.includes("1234"));
});

Deno.test("decide() never gives up a dead letter", () => {
  const tried = { queue: DEAD_LETTER_QUEUE, attempt: 99 };
  for (
    const ended of [{ thrown: new Error("x") }, {
      verdict: { kind: "reject", code: "internal", reason: "" },
    }] as const
  ) {
    assert.deepEqual(decide(ended, tried, POLICY), { kind: "retry", delayMs: POLICY.maxDelayMs });
  }
  assert.equal(isHopeless(tried, POLICY), false);
});

Deno.test("isHopeless() gives up what has killed its readers as often as it may be tried", () => {
  assert.equal(isHopeless({ queue: "q", attempt: 3 }, POLICY), false);
  assert.equal(isHopeless({ queue: "q", attempt: 4 }, POLICY), true);
  assert.match(hopeless({ queue: "q", attempt: 4 }).reason, /3 attempts/);
});
