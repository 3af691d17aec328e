/**
 * The grammar of what an owner allows, one pattern for each argument:
 *
 * - a word stands for itself, every character of it; `\*` is a star and `\\` a backslash;
 * - `*` in a word stands for any text within one argument, none included; `*` alone is one argument of any text;
 * - a pattern that begins with `*` matches no argument that begins with `-`, so that a file's name is never taken for
 *   an option: write `-*` for an option;
 * - the last pattern may be `**`: any further arguments, none included, but no options; `-**`: any further arguments,
 *   options included.
 *
 * Patterns see whole arguments as the program gets them: what an option makes of the program is for the owner to know.
 */

const REST = "**";
const REST_WITH_OPTIONS = "-**";

/** Tells why `patterns` cannot be a list of patterns, and which of them is at fault; undefined when it can. */
export function patternFault(patterns: readonly string[]): { at: number; reason: string } | undefined {
  const at = patterns.findIndex((pattern, index) =>
    pattern.includes("**") && !isRest(pattern, index, patterns)
  );
  if (at >= 0) {
    return { at, reason: "`**` and `-**` stand alone, as the last pattern, for any further arguments" };
  }
  const open = patterns.findIndex((pattern) => /(^|[^\\])(\\\\)*\\([^\\*]|$)/.test(pattern));
  if (open >= 0) return { at: open, reason: "a backslash stands before `*` or another backslash only" };
}

/** Tells why `line` can be no pattern of a shell's line; undefined when it can. */
export function lineFault(line: string): string | undefined {
  if (line === REST || !line.includes("**")) return undefined;
  return "`**` stands alone, for any line; for a piece of one word there is `*`";
}

function isRest(pattern: string, index: number, patterns: readonly string[]): boolean {
  return (pattern === REST || pattern === REST_WITH_OPTIONS) && index === patterns.length - 1;
}

/** Tells whether `args` are what `patterns` allow, one for one. */
export function matchesArguments(patterns: readonly string[], args: readonly string[]): boolean {
  const last = patterns.at(-1);
  const rest = last === REST || last === REST_WITH_OPTIONS;
  const fixed = rest ? patterns.slice(0, -1) : patterns;
  if (rest ? args.length < fixed.length : args.length !== fixed.length) return false;
  if (!fixed.every((pattern, index) => matchesWord(pattern, args[index]!))) return false;
  return last !== REST || args.slice(fixed.length).every((arg) => !arg.startsWith("-"));
}

/** Tells whether one argument is what one pattern allows. */
function matchesWord(pattern: string, text: string): boolean {
  if (pattern.startsWith("*") && text.startsWith("-")) return false;
  return matchesBetween(literalsOf(pattern), text, () => true);
}

/** What a `*` in a shell's line may stand for: nothing that a shell would act on, and no blank. */
const PLAIN_PIECE = /^[A-Za-z0-9_@%+=:,./-]*$/;

/**
 * Tells whether a shell's `line` is what `pattern` allows: as it stands, with `*` for a piece of one word that means
 * nothing to a shell and does not begin with `-`: what stands before it may begin a word in more ways than can be seen
 * here (a quote, `|`, `;`), and make an option of it. `**` alone allows every line.
 */
export function matchesLine(pattern: string, line: string): boolean {
  if (pattern === REST) return true;
  return matchesBetween(
    literalsOf(pattern),
    line,
    (piece) => PLAIN_PIECE.test(piece) && !piece.startsWith("-"),
  );
}

/**
 * Tells whether `text` is the `literals` in order with pieces between them that fit. The first place where a literal
 * stands is the right one: whatever a later one would leave to the piece before, it takes from the piece after. So it
 * takes linear time, whoever wrote the text.
 */
function matchesBetween(
  literals: readonly string[],
  text: string,
  fits: (piece: string) => boolean,
): boolean {
  const first = literals[0]!;
  if (literals.length === 1) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (let index = 1; index < literals.length; index++) {
    const literal = literals[index]!;
    const isLast = index === literals.length - 1;
    const found = isLast ? lastPlace(text, literal, at) : text.indexOf(literal, at);
    if (found < 0 || !fits(text.slice(at, found))) return false;
    at = found + literal.length;
  }
  return true;
}

function lastPlace(text: string, literal: string, from: number): number {
  const place = text.length - literal.length;
  return place >= from && text.endsWith(literal) ? place : -1;
}

/** Splits a pattern at its stars. */
function literalsOf(pattern: string): string[] {
  const literals: string[] = [];
  let literal = "";
  for (const [part] of pattern.matchAll(/\\[\\*]|[^]/gu)) {
    if (part !== "*") literal += part.replace(/^\\(?=.)/, "");
    else literals.push(literal), literal = "";
  }
  return [...literals, literal];
}
