/** Headings in others' texts, fitted into the page: below its own, and none skips a level, whatever its writer did. */
import type { Node } from "./markdown.ts";

/** The level of the headings of a page that texts stand below. */
const ABOVE = 2;

/** Gives the level of each node that is a heading, as one hears it; what comes before decides, nothing later. */
export function headingLevels(nodes: readonly Node[]): (number | undefined)[] {
  const open: number[] = [];
  return nodes.map((node) => {
    const depth = typeof node === "string" ? 0 : Number(/^h([1-6])$/.exec(node.tag)?.[1] ?? 0);
    if (depth === 0) return undefined;
    while (open.length > 0 && open.at(-1)! >= depth) open.pop();
    open.push(depth);
    return Math.min(ABOVE + open.length, 6);
  });
}
