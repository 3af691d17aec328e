/** A table for a terminal: columns without lines, as wide as they must be and no wider than the terminal. */
import { oneLine } from "./harmless.ts";
import { type Colour, paint } from "./paint.ts";
import { cut, widthOf } from "./width.ts";

/** A column: its title, and what stands in it for a row. */
export interface Column<Row> {
  title: string;
  /** What a server leaves out is shown as nothing. */
  cell: (row: Row) => string | null | undefined;
  colour?: (row: Row) => Colour | undefined;
  isNumber?: boolean;
}

export interface TableOptions {
  /** Columns of the terminal. */
  width: number;
  isColoured: boolean;
}

const GAP = "  ";
/** A column is made no narrower than this, in columns of the terminal. */
const NARROWEST = 6;

/** Draws `rows` with a line of titles above; what others wrote is made harmless, and cut where it does not fit. */
export function tableOf<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, isColoured }: TableOptions,
): string {
  const texts = rows.map((row) => columns.map(({ cell }) => oneLine(String(cell(row) ?? ""))));
  const titles = columns.map(({ title }) => title);
  const widths = fitted(naturalWidths([titles, ...texts]), width);
  const lineOf = (cells: string[], colours: (Colour | undefined)[]) =>
    cells.map((text, at) => {
      const placed = place(text, widths[at]!, columns[at]!.isNumber ?? false);
      return paint(placed, isColoured ? colours[at] : undefined);
    }).join(GAP).trimEnd();
  const head = lineOf(titles, titles.map(() => "bold"));
  const body = texts.map((cells, at) => lineOf(cells, columns.map(({ colour }) => colour?.(rows[at]!))));
  return [head, ...body].map((line) => line + "\n").join("");
}

function naturalWidths(lines: string[][]): number[] {
  return lines[0]!.map((_, at) => Math.max(...lines.map((cells) => widthOf(cells[at]!))));
}

/** Takes from the widest column, one by one, until all fit. */
function fitted(natural: number[], width: number): number[] {
  const widths = [...natural];
  let over = sum(widths) + GAP.length * (widths.length - 1) - width;
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= NARROWEST) break;
    widths[widest]!--;
    over--;
  }
  return widths;
}

function place(text: string, width: number, isNumber: boolean): string {
  const shown = cut(text, width);
  const space = " ".repeat(Math.max(0, width - widthOf(shown)));
  return isNumber ? space + shown : shown + space;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
