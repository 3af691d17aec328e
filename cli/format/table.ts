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
  /** Never cut, such as an id that is to be typed. */
  isWhole?: boolean;
  /** How narrow it is made at most, in columns of the terminal; default 6. */
  least?: number;
  /** Left out where the terminal is too narrow for all; the one with the largest number goes first. */
  goes?: number;
}

export interface TableOptions {
  /** Columns of the terminal. */
  width: number;
  isColoured: boolean;
  /** Whether no line may be wider than the terminal, though that cuts what should stay whole. */
  isExact?: boolean;
}

const GAP = "  ";
/** A column is made no narrower than this, where it does not say otherwise. */
const LEAST = 6;

/** Draws `rows` with a line of titles above; what others wrote is made harmless, and cut where it does not fit. */
export function tableOf<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, isColoured, isExact = false }: TableOptions,
): string {
  const filled = columns.map((column) => fill(column, rows));
  const shown = fitted(filled, width, isExact);
  const lineOf = (
    textOf: (column: Filled<Row>) => string,
    colourOf: (column: Filled<Row>) => Colour | undefined,
  ) =>
    shown.map((column) => {
      const placed = place(textOf(column), column.width, column.isNumber ?? false);
      return paint(placed, isColoured ? colourOf(column) : undefined);
    }).join(GAP).trimEnd();
  const head = lineOf(({ title }) => title, () => "bold");
  const body = rows.map((row, at) => lineOf(({ texts }) => texts[at]!, ({ colour }) => colour?.(row)));
  return [head, ...body].map((line) => line + "\n").join("");
}

/** A column with the text of each row, and the width it is drawn in. */
interface Filled<Row> extends Column<Row> {
  texts: string[];
  width: number;
}

function fill<Row>(column: Column<Row>, rows: readonly Row[]): Filled<Row> {
  const texts = rows.map((row) => oneLine(String(column.cell(row) ?? "")));
  return { ...column, texts, width: Math.max(...[column.title, ...texts].map(widthOf)) };
}

/** Takes from the widest column, bit by bit, until all fit; where that is not enough, leaves columns out. */
function fitted<Row>(columns: Filled<Row>[], width: number, isExact: boolean): Filled<Row>[] {
  const narrowed = narrow(columns, width, ({ isWhole, least = LEAST }) => isWhole ? Infinity : least);
  if (totalOf(narrowed) <= width) return narrowed;
  const going = columns.reduce<Filled<Row> | undefined>(
    (most, column) => (column.goes ?? 0) > (most?.goes ?? 0) ? column : most,
    undefined,
  );
  if (going) return fitted(columns.filter((column) => column !== going), width, isExact);
  return isExact ? narrow(narrowed, width, () => 1) : narrowed;
}

function narrow<Row>(
  columns: Filled<Row>[],
  width: number,
  leastOf: (column: Filled<Row>) => number,
): Filled<Row>[] {
  const narrowed = columns.map((column) => ({ ...column }));
  for (let over = totalOf(narrowed) - width; over > 0; over--) {
    const mayShrink = narrowed.filter((column) => column.width > leastOf(column));
    const [widest] = mayShrink.sort((one, other) => other.width - one.width);
    if (!widest) break;
    widest.width--;
  }
  return narrowed;
}

function totalOf(columns: { width: number }[]): number {
  return sum(columns.map(({ width }) => width)) + GAP.length * (columns.length - 1);
}

function place(text: string, width: number, isNumber: boolean): string {
  const shown = cut(text, width);
  const space = " ".repeat(Math.max(0, width - widthOf(shown)));
  return isNumber ? space + shown : shown + space;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
