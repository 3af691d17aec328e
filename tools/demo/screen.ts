/** What the demo shows: chapters, lines with who speaks, and bars. */

/** Writes to a terminal in colours, and to anything else without. */
export class Screen {
  readonly #hasColours: boolean;

  constructor(private readonly write: (line: string) => void, hasColours: boolean) {
    this.#hasColours = hasColours;
  }

  /** Begins a chapter. */
  chapter(number: number, title: string, text: string): void {
    this.write("");
    this.write(this.#painted(1, `${number}. ${title}`));
    this.write(this.#painted(2, `   ${text}`));
    this.write("");
  }

  /** Shows what somebody says or does. */
  say(who: string, what: string): void {
    this.write(`   ${this.#painted(colourOf(who), who.padEnd(11))} ${what}`);
  }

  /** Shows how much somebody has to do. */
  load(who: string, current: number, most: number, note: string): void {
    const bar = "#".repeat(current) + ".".repeat(most - current);
    this.say(who, `[${bar}] ${current} of ${most}  ${note}`);
  }

  line(text: string): void {
    this.write(text && `   ${text}`);
  }

  #painted(code: number, text: string): string {
    return this.#hasColours ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}

const COLOURS = [36, 33, 35, 32, 34, 96];

function colourOf(who: string): number {
  const sum = [...who].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return COLOURS[sum % COLOURS.length]!;
}
