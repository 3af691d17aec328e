import { strict as assert } from "node:assert";
import type { Verdict } from "./bus.ts";
import { fromSettle, toSettle } from "./hub_frame.ts";

const verdicts: Verdict[] = [
  { kind: "ack" },
  { kind: "retry", delayMs: 7 },
  { kind: "return" },
  { kind: "reject", code: "not_found", reason: "Gone." },
];

for (const verdict of verdicts) {
  Deno.test(`a '${verdict.kind}' travels through the hub as what it is`, () => {
    assert.deepEqual(fromSettle(toSettle(1, verdict)), verdict);
  });
}
