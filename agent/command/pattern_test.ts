import { strict as assert } from "node:assert";
import { lineFault, matchesArguments, matchesLine, patternFault } from "./pattern.ts";

const ARGUMENTS: [patterns: string[], args: string[], matches: boolean][] = [
  [[], [], true],
  [[], ["-h"], false],
  [["-h"], ["-h"], true],
  [["-h"], ["-H"], false],
  [["-h"], ["-h", "-i"], false],
  [["-h"], [], false],
  // A star is one argument of any text, but no option.
  [["*"], ["a b;c\n'd'"], true],
  [["*"], [""], true],
  [["*"], ["a", "b"], false],
  [["*"], ["-rf"], false],
  [["-*"], ["-rf"], true],
  [["-*"], ["rf"], false],
  [["*.log"], ["a.log"], true],
  [["*.log"], ["-o.log"], false],
  [["*.log"], ["a.log.sh"], false],
  [["--depth=*", "app-*-x"], ["--depth=", "app-1-2-x"], true],
  [["*a*b"], ["aab"], true],
  [["ab*b"], ["ab"], false],
  // The rest.
  [["status", "**"], ["status"], true],
  [["status", "**"], ["status", "a", "b"], true],
  [["status", "**"], ["status", "a", "-b"], false],
  [["status", "**"], ["-c", "core.fsmonitor=x", "status"], false],
  [["status", "-**"], ["status", "-s", "a"], true],
  [["status", "-**"], ["log"], false],
  // What is no pattern.
  [["\\*"], ["*"], true],
  [["\\*"], ["a"], false],
  [["a\\\\*"], ["a\\b"], true],
  [["[a-z]?.+"], ["[a-z]?.+"], true],
  [["[a-z]?.+"], ["b"], false],
];

for (const [patterns, args, matches] of ARGUMENTS) {
  Deno.test(`${JSON.stringify(patterns)} ${matches ? "allows" : "refuses"} ${JSON.stringify(args)}`, () => {
    assert.equal(matchesArguments(patterns, args), matches);
  });
}

const LINES: [pattern: string, line: string, matches: boolean][] = [
  ["df -h | sort", "df -h | sort", true],
  ["df -h | sort", "df -h | sort; id", false],
  ["df -h | sort", "df  -h | sort", false],
  ["du -sh * | sort -h", "du -sh /srv/app | sort -h", true],
  ["du -sh * | sort -h", "du -sh a b | sort -h", false],
  ["du -sh * | sort -h", "du -sh x; rm -r y | sort -h", false],
  ["du -sh * | sort -h", "du -sh $(id) | sort -h", false],
  ["du -sh * | sort -h", "du -sh x\nid | sort -h", false],
  ["du -sh * | sort -h", "du -sh --files0-from=x | sort -h", false],
  ["tail -n* *", "tail -n20 a-b.log", true],
  ["tail -n* *", "tail -n20 -f", false],
  ["a* b*c", "ax byc", true],
  ['wc "*"', 'wc "a-b"', true],
  ['wc "*"', 'wc "--files0-from=/etc/hostname"', false],
  ["wc '*'", "wc '-l'", false],
  ["true;*", "true;-x", false],
  ["a|*", "a|-x", false],
  ["A=*", "A=-x", false],
  ["a$(*)", "a$(-x)", false],
  ["**", "anything; at | all", true],
];

for (const [pattern, line, matches] of LINES) {
  Deno.test(`the line pattern ${pattern} ${matches ? "allows" : "refuses"} ${JSON.stringify(line)}`, () => {
    assert.equal(matchesLine(pattern, line), matches);
  });
}

Deno.test("a pattern of many stars is held against a long argument at once", () => {
  const pattern = `${"*a".repeat(50)}*b`;
  assert.equal(matchesArguments([pattern], ["a".repeat(100_000)]), false);
  assert.equal(matchesLine(pattern, "a".repeat(100_000)), false);
});

Deno.test("patternFault() names the pattern that is none", () => {
  assert.equal(patternFault(["a", "*", "-*", "x*y", "**"]), undefined);
  assert.equal(patternFault(["\\*", "\\\\", "-**"]), undefined);
  assert.equal(patternFault(["**", "a"])?.at, 0);
  assert.equal(patternFault(["a", "b**"])?.at, 1);
  assert.equal(patternFault(["a\\b"])?.at, 0);
  assert.equal(patternFault(["a\\"])?.at, 0);
});

Deno.test("lineFault() takes two stars only where they are the whole line", () => {
  for (const line of ["**", "df *", "a * b *", "a \\*\\*"]) assert.equal(lineFault(line), undefined, line);
  for (const line of ["df **", "** -h", "a***b"]) assert.match(lineFault(line)!, /stands alone/, line);
});
