import { expect } from "expect";
import { beginningOf, shortLine } from "./plain_text.ts";

Deno.test("a long text is cut between two characters, and a short one is not", () => {
  expect(beginningOf("abc", 3)).toBe("abc");
  expect(beginningOf("ab😀", 3)).toBe("ab");
  expect(beginningOf("ab😀d", 4)).toBe("ab😀");
});

Deno.test("a name is put on one line, harmless, and cut with a sign of it", () => {
  expect(shortLine(" Ada\n\u202e ", 80)).toBe("Ada \ufffd");
  expect(shortLine("x".repeat(81))).toBe(`${"x".repeat(80)}…`);
  expect(shortLine("   ")).toBe("");
});
