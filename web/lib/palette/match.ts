/** How well a name fits what was typed: pure, so that the order of results is a table of cases. */

/** Names beyond this are looked at only so far. */
const LONGEST = 200;

/**
 * Gives how well `text` fits `query`, and 0 where it does not. Each word of the query has to be found: at the beginning
 * of the text, at that of a word, within one, or with its letters in this order from the beginning of a word on.
 */
export function fit(query: string, text: string): number {
  const words = plain(query).split(" ").filter(Boolean);
  const name = plain(text);
  const fits = words.map((word) => fitOfWord(word, name));
  if (words.length === 0 || fits.includes(0)) return words.length === 0 ? 1 : 0;
  // Of two that fit alike, the shorter name is nearer to what was typed.
  return Math.min(...fits) + 1 / (2 + name.length);
}

/** Gives those of `items` that fit by what is shown of them, best first; those that fit alike stay in their order. */
export function ranked<Item extends { label: string; detail?: string }>(
  query: string,
  items: readonly Item[],
): Item[] {
  const fits = items.map((item) => ({ item, fit: fit(query, `${item.label} ${item.detail ?? ""}`) }));
  const found = fits.filter(({ fit }) => fit > 0);
  return found.sort((a, b) => b.fit - a.fit).map(({ item }) => item);
}

function fitOfWord(word: string, name: string): number {
  if (name.startsWith(word)) return 4;
  if (name.includes(" " + word)) return 3;
  if (name.includes(word)) return 2;
  return word.length > 1 && hasLetters(word, name) ? 1 : 0;
}

function hasLetters(word: string, name: string): boolean {
  const [first, ...rest] = word;
  for (let start = 0; start < name.length; start++) {
    if (name[start] !== first || (start > 0 && name[start - 1] !== " ")) continue;
    let at = start;
    if (rest.every((letter) => (at = name.indexOf(letter, at + 1)) > 0)) return true;
  }
  return false;
}

/** Leaves out what a hand leaves out: case, accents, and which sign stands between two words. */
function plain(text: string): string {
  const folded = text.slice(0, LONGEST).normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return folded.replace(/[\s_.:/-]+/g, " ").trim();
}
