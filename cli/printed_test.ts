import assert from "node:assert/strict";
import { cutMiddle, noteOf } from "../shared/model/cut_middle.ts";
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
    // How much of it is missing only an agent of ours says.
    isIncomplete: true,
  },
];

const LONG = Array.from({ length: 3_000 }, (_, n) => `line ${n} …\n`).join("");
const kept = (bytes: number) => cutMiddle(LONG, bytes);
const bytesOf = (text: string) => new TextEncoder().encode(text).length;

for (const shownBytes of [0, 700, 12_345, 25_000]) {
  Deno.test(`Printed shows the end of an output that was cut, after ${shownBytes} bytes of it`, () => {
    const printed = new Printed();
    const begun = new TextDecoder().decode(new TextEncoder().encode(LONG).subarray(0, shownBytes)).replace(
      "\ufffd",
      "",
    );
    const { text: output, truncatedBytes: truncated_bytes } = kept(20_000);
    const shown = printed.piece({ sequence: 0, text: begun }) +
      printed.whole({ output, truncated_bytes, status: "succeeded" });
    assert.ok(shown.endsWith(LONG.slice(-5_000)));
    const [, count = "0"] = /\n… (\d+) bytes were cut out here …\n/.exec(shown) ?? [];
    const note = count === "0" ? "" : noteOf(Number(count));
    assert.equal(bytesOf(shown) - bytesOf(note) + Number(count), bytesOf(LONG));
    assert.equal(printed.missingBytes, Number(count));
  });
}

Deno.test("Printed shows nothing of the middle of an output that goes on, and all that was kept at its end", () => {
  const printed = new Printed();
  const soFar = cutMiddle(LONG.slice(0, 30_000), 20_000);
  const begun = LONG.slice(0, 3_000);
  const first = printed.piece({ sequence: 0, text: begun });
  const whole = { output: soFar.text, truncated_bytes: soFar.truncatedBytes, status: "running" as const };
  assert.equal(printed.whole(whole), "");
  assert.equal(printed.isBroken, true);
  assert.equal(printed.piece({ sequence: 9, text: LONG.slice(30_000) }), "");
  const { text: output, truncatedBytes: truncated_bytes } = kept(20_000);
  assert.equal(first + printed.whole({ output, truncated_bytes, status: "succeeded" }), output);
  assert.equal(printed.missingBytes, truncated_bytes);
});

Deno.test("Printed goes on with pieces beside an output that is cut where it has shown all of it", () => {
  const printed = new Printed();
  printed.piece({ sequence: 0, text: LONG.slice(0, 30_000) });
  const soFar = cutMiddle(LONG.slice(0, 30_000), 20_000);
  printed.whole({ output: soFar.text, truncated_bytes: soFar.truncatedBytes, status: "running" });
  assert.equal(printed.piece({ sequence: 1, text: "more" }), "more");
});

Deno.test("Printed shows all of an output that was cut, where the pieces reach to what was kept of the end", () => {
  const printed = new Printed();
  const { text: output, truncatedBytes: truncated_bytes } = kept(20_000);
  const begun = LONG.slice(0, -3_000);
  const shown = printed.piece({ sequence: 0, text: begun }) +
    printed.whole({ output, truncated_bytes, status: "failed" });
  assert.equal(shown, LONG);
  assert.equal(printed.missingBytes, 0);
});

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
