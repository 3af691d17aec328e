/** A program with its arguments, taken apart as a shell does, and shown so that nothing in it hides. */

/** A quote or a backslash that nothing follows. */
export class UnfinishedWord extends Error {
  override readonly name = "UnfinishedWord";
}

const PIECE = /([ \t\n]+)|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([^\s'"\\]+)/y;

/** Splits at blanks; quotes and backslashes keep blanks in a word, all else is plain text. Throws `UnfinishedWord`. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const text = line.trim();
  for (PIECE.lastIndex = 0; PIECE.lastIndex < text.length;) {
    const piece = PIECE.exec(text);
    if (!piece) throw new UnfinishedWord();
    const [, blank, single, double, escaped, plain] = piece;
    if (blank === undefined) {
      word = (word ?? "") + (single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain);
    } else {
      words.push(word ?? "");
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** What cannot be seen as it is: controls, blanks other than the common one, and what changes the direction of writing. */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r" };

/** Gives one word in which nothing hides: a blank is ␣, and what cannot be seen is its number. */
export function visibleWord(word: string): string {
  return named(word).replaceAll(" ", "␣");
}

/** Gives a text whose lines stay lines, in which what cannot be seen is its number. */
export function visibleText(text: string): string {
  return text.split("\n").map(named).join("\n");
}

function named(text: string): string {
  return text.replace(
    UNSEEN,
    (character) => NAMED[character] ?? `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
