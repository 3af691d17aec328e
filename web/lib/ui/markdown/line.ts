/** One line, from which the marks of quotes and lists are taken away column by column: a tab reaches the next fourth one. */
export class Line {
  #column = 0;

  constructor(public rest: string) {}

  /** What the line says, without the gaps around it. */
  get words(): string {
    return this.rest.replace(/^[ \t]+/, "").trimEnd();
  }

  /** Counts the columns of the gap at the beginning. */
  get indent(): number {
    return this.#gap(Infinity)[1];
  }

  /** Takes away at most so many columns of gap, and gives the rest. */
  strip(columns: number): string {
    const [length, width] = this.#gap(columns);
    this.rest = " ".repeat(Math.max(0, width - columns)) + this.rest.slice(length);
    this.#column += Math.min(width, columns);
    return this.rest;
  }

  /** Takes away a mark, with the gap before it. */
  skip(mark: number): void {
    this.strip(Infinity);
    this.rest = this.rest.slice(mark);
    this.#column += mark;
  }

  /** Gives how many characters of gap reach so many columns, and how many columns they are. */
  #gap(columns: number): [length: number, width: number] {
    let [length, width] = [0, 0];
    for (; width < columns; length++) {
      if (this.rest[length] === " ") width++;
      else if (this.rest[length] === "\t") width += 4 - (this.#column + width) % 4;
      else break;
    }
    return [length, width];
  }
}
