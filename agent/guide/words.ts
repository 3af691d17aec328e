/** Reading words as people type them: without case, accents and punctuation, and with a slip of the finger forgiven. */

/** Splits `text` into plain lower-case words; an id such as `agent_1` or an address stays one word. */
export function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/['’]/g, "");
  return plain.match(/[\p{L}\p{N}]+(?:[_.:-][\p{L}\p{N}]+)*/gu) ?? [];
}

/** Tells whether `typed` means `word`: the same, its plural, or with as many slips as its length allows. */
export function means(typed: string, word: string): boolean {
  if (typed === word || typed === `${word}s` || `${typed}s` === word) return true;
  const slips = word.length >= 9 ? 2 : word.length >= 5 ? 1 : 0;
  return slips > 0 && typed[0] === word[0] && distance(typed, word) <= slips;
}

/** Counts the letters to add, drop, change or swap with their neighbour to come from `a` to `b`. */
export function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(change, last[j]! + 1, row[j - 1]! + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
