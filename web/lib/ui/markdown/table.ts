/** Tables: a row of names, a row of dashes under it, and rows of cells. */
import { element, type Node } from "./tree.ts";

const DASHES = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?$/;
const ALIGNS = [undefined, "align-left", "align-right", "align-center"];
/** Rows shorter than the head are filled up, but a small text does not become a huge table. */
const MOST_CELLS = 20_000;

/** Says whether a table begins with these two lines. */
export function isTableHead(names: string, dashes: string): boolean {
  return DASHES.test(dashes) && /[|:]/.test(dashes) && cellsOf(names).length === cellsOf(dashes).length;
}

/** Draws the rows, the second of which says how the columns are aligned. */
export function tableOf([names, dashes, ...rows]: string[], inline: (text: string) => Node[]): Node {
  const aligns = cellsOf(dashes!).map((cell) => ALIGNS[+cell.startsWith(":") + 2 * +cell.endsWith(":")]);
  const filled = rows.length * aligns.length <= MOST_CELLS;
  const row = (line: string, tag: string): Node => {
    const cells = cellsOf(line);
    const length = filled ? aligns.length : Math.min(cells.length, aligns.length);
    return element(
      "tr",
      Array.from({ length }, (_, at) => element(tag, inline(cells[at] ?? ""), { class: aligns[at] })),
    );
  };
  return element("table", [
    element("thead", [row(names!, "th")]),
    element("tbody", rows.map((line) => row(line, "td"))),
  ]);
}

function cellsOf(line: string): string[] {
  const cells = line.replace(/^\|/, "").split(/(?<!\\)\|/);
  if (!cells.at(-1)!.trim()) cells.pop();
  return cells.map((cell) => cell.trim().replaceAll("\\|", "|"));
}
