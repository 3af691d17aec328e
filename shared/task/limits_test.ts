import { strict as assert } from "node:assert";
import { cutToKept, requireSmall } from "./limits.ts";

Deno.test("requireSmall() counts bytes, and takes exactly 1 MiB of them", () => {
  requireSmall("x".repeat(1_048_576), "It");
  requireSmall("ä".repeat(524_288), "It");
  for (const json of ["x".repeat(1_048_577), "ä".repeat(524_289)]) {
    assert.throws(() => requireSmall(json, "It"), { code: "too_large", message: /^It may have 1 MiB/ });
  }
});

Deno.test("cutToKept() leaves short texts as they are, and ends between two characters", () => {
  assert.equal(cutToKept("x".repeat(10_000)), "x".repeat(10_000));
  assert.equal(cutToKept("x".repeat(9_999) + "😀"), "x".repeat(9_999) + "\ufffd");
});
