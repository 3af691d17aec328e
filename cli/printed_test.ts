import assert from "node:assert/strict";
import { Printed } from "./printed.ts";

/** A piece with its number, the output so far, or the output at the end. */
type Step = [number, string] | { soFar: string; cut?: number } | { end: string; cut?: number };

interface Case {
  what: string;
  steps: Step[];
  shown: string[];
  isIncomplete?: boolean;
}

const CASES: Case[] = [
  { what: "pieces", steps: [[0, "one "], [1, "two"], { end: "one two" }], shown: ["one ", "two", ""] },
  { what: "a piece twice", steps: [[0, "one "], [0, "one "], { end: "one " }], shown: ["one ", "", ""] },
  { what: "no pieces", steps: [{ soFar: "" }, { end: "one" }], shown: ["", "one"] },
  {
    what: "what the output so far brings, and then the next piece, whatever its number",
    steps: [[0, "one "], { soFar: "one two three " }, [7, "four"], { end: "one two three four" }],
    shown: ["one ", "two three ", "four", ""],
  },
  {
    what: "nothing after a gap, until the output so far fills it",
    steps: [[0, "one "], [2, "three "], { soFar: "one two three " }, [3, "four"]],
    shown: ["one ", "", "two three ", "four"],
  },
  {
    what: "nothing of a server that was started anew, until the end fills the gap",
    steps: [[0, "one "], { soFar: "" }, [2, "three "], [3, "four"], { end: "one two three four" }],
    shown: ["one ", "", "", "", "two three four"],
  },
  {
    what: "nothing of a server that was started anew before anything was shown, either",
    steps: [{ soFar: "" }, { soFar: "" }, [2, "three "], { end: "one two three " }],
    shown: ["", "", "", "one two three "],
  },
  {
    what: "that a gap stays where the end does not fill it",
    steps: [[0, "one "], { soFar: "" }, [2, "three "], { end: "three " }],
    shown: ["one ", "", "", ""],
    isIncomplete: true,
  },
  {
    what: "an agent's other words for what it printed not again",
    steps: [[0, "one\n"], { end: "one" }],
    shown: ["one\n", ""],
  },
  {
    what: "an output that was cut, where nothing was shown",
    steps: [{ end: "a … b", cut: 9 }],
    shown: ["a … b"],
  },
  {
    what: "pieces beside an output that was cut",
    steps: [[0, "start"], { soFar: "st … rt", cut: 9 }, [1, "more"], { end: "st … re", cut: 9 }],
    shown: ["start", "", "more", ""],
  },
];

for (const { what, steps, shown, isIncomplete = false } of CASES) {
  Deno.test(`Printed shows ${what}`, () => {
    const printed = new Printed();
    const given = steps.map((step) => {
      if (Array.isArray(step)) return printed.piece({ sequence: step[0], text: step[1] });
      const [output, status] = "end" in step
        ? [step.end, "succeeded" as const]
        : [step.soFar, "running" as const];
      return printed.whole({ output, status, truncated_bytes: step.cut ?? 0 });
    });
    assert.deepEqual(given, shown);
    assert.equal(printed.isIncomplete, isIncomplete);
  });
}
