import assert from "node:assert/strict";
import fc from "../../shared/testing/property.ts";
import type { Failure } from "./model_failure.ts";
import { DEFAULT_RETRY_POLICY as policy, retryAfterMs, retryDelayMs } from "./retry.ts";

const refused = (status: number, retryAfter?: number): Failure => ({
  kind: "refused",
  status,
  reason: "",
  retryAfterMs: retryAfter,
});
const random = () => 1;

Deno.test("retryDelayMs() asks again only after what may pass", () => {
  const cases: [Failure, boolean][] = [
    [refused(408), true],
    [refused(429), true],
    [refused(500), true],
    [refused(503), true],
    [refused(400), false],
    [refused(401), false],
    [refused(403), false],
    [refused(404), false],
    [refused(422), false],
    [{ kind: "unreachable" }, true],
    [{ kind: "silent", afterMs: 1 }, true],
    [{ kind: "broken" }, true],
    [{ kind: "empty" }, true],
  ];
  for (const [failure, isRetried] of cases) {
    assert.equal(retryDelayMs(failure, 1, { policy }) !== undefined, isRetried, JSON.stringify(failure));
  }
});

Deno.test("retryDelayMs() doubles the pause, within its bounds", () => {
  const many = { ...policy, attempts: 100 };
  const delays = [1, 2, 3, 4, 5, 50].map((attempt) =>
    retryDelayMs({ kind: "unreachable" }, attempt, { policy: many, random })
  );
  assert.deepEqual(delays, [500, 1_000, 2_000, 4_000, 8_000, 8_000]);
  assert.equal(retryDelayMs({ kind: "unreachable" }, 1, { policy: many, random: () => 0 }), 250);
});

Deno.test("retryDelayMs() ends with the last attempt", () => {
  assert.notEqual(retryDelayMs(refused(503), policy.attempts - 1, { policy }), undefined);
  assert.equal(retryDelayMs(refused(503), policy.attempts, { policy }), undefined);
});

Deno.test("retryDelayMs() keeps to Retry-After, unless a person would wait too long", () => {
  assert.equal(retryDelayMs(refused(429, 20_000), 1, { policy }), 20_000);
  assert.equal(retryDelayMs(refused(503, 0), 1, { policy }), 0);
  assert.equal(retryDelayMs(refused(429, 60_001), 1, { policy }), undefined);
});

Deno.test("retryDelayMs() stays within 0 and the longest pause, whatever happens", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, chance) => {
        const options = { policy: { ...policy, attempts: Infinity }, random: () => chance };
        const delay = retryDelayMs({ kind: "unreachable" }, attempt, options)!;
        assert.ok(delay >= policy.firstDelayMs / 2 && delay <= policy.maxDelayMs);
      },
    ),
  );
});

Deno.test("retryAfterMs() reads seconds, milliseconds and dates", () => {
  const nowMs = Date.parse("2025-01-01T00:00:00Z");
  const cases: [Record<string, string>, number | undefined][] = [
    [{}, undefined],
    [{ "retry-after": "7" }, 7_000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after-ms": "250", "retry-after": "7" }, 250],
    [{ "retry-after": "Wed, 01 Jan 2025 00:00:10 GMT" }, 10_000],
    [{ "retry-after": "Wed, 01 Jan 2020 00:00:10 GMT" }, 0],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "" }, undefined],
  ];
  for (const [headers, expected] of cases) {
    assert.equal(retryAfterMs(new Headers(headers), nowMs), expected, JSON.stringify(headers));
  }
});
