/** A command's words, split and written as a POSIX shell does, because people write them so; nothing is expanded. */
import { ParleyError } from "../../shared/error.ts";

/** What a shell would act on where it stands outside quotes. */
const OPERATOR = /[;|&<>()`\n]/;
/** What `\` takes its meaning from within double quotes. */
const ESCAPED_IN_QUOTES = /["\\$`\n]/;

/**
 * Splits `line` into words at blanks; quotes and backslashes keep blanks in a word, and everything else (`*`, `~`,
 * `$HOME`) is plain text. Throws `forbidden` at what only a shell could do (`;` `|` `&` `<` `>` `(` `$(`, a backquote,
 * a new line), `invalid_message` at a quote that is never closed.
 */
export function splitWords(line: string): string[] {
  const reader = new Reader(line.trim());
  while (!reader.atEnd) reader.step();
  return reader.finish();
}

class Reader {
  readonly #words: string[] = [];
  /** Undefined between words: `''` is a word, a blank is none. */
  #word: string | undefined;
  #at = 0;

  constructor(readonly line: string) {}

  get atEnd(): boolean {
    return this.#at >= this.line.length;
  }

  step(): void {
    const character = this.line[this.#at]!;
    if (character === "'") this.#add(this.#until("'", (text) => text));
    else if (character === '"') this.#add(this.#until('"', unescapeInQuotes));
    else if (character === "\\") this.#backslash();
    else if (/[ \t]/.test(character)) this.#endWord();
    else this.#plain(character);
  }

  finish(): string[] {
    this.#endWord();
    return this.#words;
  }

  #plain(character: string): void {
    if (OPERATOR.test(character)) throw noShell(character);
    if (this.line.startsWith("$(", this.#at)) throw noShell("$(");
    this.#add(character);
    this.#at += 1;
  }

  #backslash(): void {
    const next = this.line[this.#at + 1];
    if (next === undefined) throw unfinished("The backslash at the end");
    // Before the end of a line it joins the two lines.
    if (next !== "\n") this.#add(next);
    this.#at += 2;
  }

  /** Reads what stands between two quotes. */
  #until(quote: string, unescape: (text: string) => string): string {
    const start = this.#at + 1;
    let end = start;
    while (end < this.line.length && this.line[end] !== quote) {
      end += quote === '"' && this.line[end] === "\\" ? 2 : 1;
    }
    if (end >= this.line.length) throw unfinished(`The quote ${quote} that begins at character ${start}`);
    this.#at = end + 1;
    return unescape(this.line.slice(start, end));
  }

  #add(text: string): void {
    this.#word = (this.#word ?? "") + text;
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
    this.#at += 1;
  }
}

function unescapeInQuotes(text: string): string {
  return text.replace(/\\([^])|`|\$\(/g, (found, escaped: string | undefined) => {
    if (escaped === undefined) throw noShell(found);
    if (escaped === "\n") return "";
    return ESCAPED_IN_QUOTES.test(escaped) ? escaped : found;
  });
}

function noShell(operator: string): ParleyError {
  const shown = operator === "\n" ? "a new line" : `\`${operator}\``;
  return new ParleyError(
    "forbidden",
    `Nothing here is a shell, so ${shown} has no meaning. Give the program and its arguments as a list in ` +
      "`arguments`, where every character is plain text, or quote it; a whole shell line needs a `shell` entry in the " +
      "policy of the agent's owner.",
  );
}

function unfinished(what: string): ParleyError {
  return new ParleyError("invalid_message", `${what} is never finished. Close it, or give \`arguments\`.`);
}

const PLAIN = /^[A-Za-z0-9_@%+=:,./^-]+$/;
/**
 * What could hide on a terminal or a page what really stands there: controls, what changes direction, is not seen, or
 * looks as a blank does and is none.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;

/** Writes whatever in `text` cannot be seen as it is in another way. */
export function replaceUnseen(text: string, replace: (character: string) => string): string {
  return text.replace(new RegExp(UNSEEN, "gu"), replace);
}

/**
 * Writes `words` as one line that a POSIX shell would split into them again. A word in which something cannot be seen is
 * written as `$'\U…'`, which bash, ksh and zsh read, and a plain POSIX shell does not.
 */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

function quoteWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!UNSEEN.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return `$'${replaceUnseen(escaped, escapeUnseen)}'`;
}

function escapeUnseen(character: string): string {
  return `\\U${character.codePointAt(0)!.toString(16).padStart(8, "0")}`;
}
