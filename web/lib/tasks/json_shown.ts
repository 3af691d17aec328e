/**
 * JSON as it is shown: a text, indented. The value was read by the server already, so that a number beyond 2^53 has
 * become its neighbour before any page sees it; only the server could show it as it was written.
 */

/** Indented, a value that is both this long and this deep could become a hundred times as long. */
const LONG = 50_000;
const DEEP = 8;

/** Writes `value` for people. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length > LONG && isDeeper(value, DEEP) ? text : JSON.stringify(value, null, 2) ?? "";
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}
