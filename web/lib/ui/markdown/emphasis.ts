/** Emphasis: which runs of `*`, `_` and `~` belong together, by the rules of CommonMark, each looked at once. */
import { addTo, element, joined, type Node } from "./tree.ts";

/** Deeper than anybody means it, and shallow enough for those that draw. */
const DEEPEST = 12;

/** A row of one mark, which may begin emphasis, end it, or both. */
export interface Run {
  mark: string;
  count: number;
  opens: boolean;
  closes: boolean;
}

interface Opener {
  run: Run;
  /** How many of the marks are left. */
  left: number;
  /** Where its marks stand among the nodes. */
  at: number;
  order: number;
}

/** Gives what kind of neighbour a character is: 0 a gap, 1 punctuation, 2 of a script without gaps, 3 of a word. */
function kindOf(character = " "): number {
  if (/\s/.test(character)) return 0;
  if (/[\p{P}\p{S}]/u.test(character)) return 1;
  return /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}]/u.test(character) ? 2 : 3;
}

/** Judges the run of marks by what stands before and after it. */
export function runOf(marks: string, before?: string, after?: string): Run {
  const [left, right] = [kindOf(before), kindOf(after)];
  const mark = marks[0]!;
  const opens = right > 0 && (right > 1 || left < 3);
  const closes = left > 0 && (left > 1 || right < 3);
  const word = mark === "_";
  return {
    mark,
    count: marks.length,
    opens: opens && !(word && closes && left !== 1),
    closes: closes && !(word && opens && right !== 1),
  };
}

/** Makes a tree of nodes with runs between them. */
export function emphasised(items: readonly (Node | Run)[]): Node[] {
  const emphasis = new Emphasis();
  items.forEach((item, order) => emphasis.add(item, order));
  return joined(emphasis.nodes);
}

class Emphasis {
  readonly nodes: Node[] = [];
  readonly #openers: Opener[] = [];
  /** Where a search for such a beginning found nothing: before that, none is. */
  readonly #vain: Record<string, number> = {};

  add(item: Node | Run, order: number): void {
    if (typeof item === "string" || "tag" in item) {
      this.nodes.push(item);
      return;
    }
    let left = item.count;
    for (let used = 1; left && used && item.closes; left -= used) used = this.#end(item, left, order);
    if (left && item.opens) this.#openers.push({ run: item, left, at: this.nodes.length, order });
    this.nodes.push(item.mark.repeat(left));
  }

  /** Ends what the nearest run that fits has begun, and says how many marks that took. */
  #end(run: Run, left: number, order: number): number {
    const { mark, count } = run;
    const key = mark + run.opens + count % 3;
    const since = this.#vain[key] ?? 0;
    const index = this.#openers.findLastIndex((one) => one.order < since || pairs(one.run, run));
    const opener = this.#openers[index];
    if (!opener || opener.order < since) {
      this.#vain[key] = order;
      return 0;
    }
    this.#openers.length = index + 1;
    const used = mark === "~" ? count : Math.min(2, left, opener.left);
    return this.#wrap(opener, used, mark === "~" ? "del" : used > 1 ? "strong" : "em");
  }

  #wrap(opener: Opener, used: number, tag: string): number {
    const children = this.nodes.splice(opener.at + 1);
    if (isDeep(children, DEEPEST - 1)) {
      // What is around this would be deeper still.
      this.#openers.length = 0;
      addTo(this.nodes, children);
      return 0;
    }
    opener.left -= used;
    if (!opener.left) this.#openers.pop();
    this.nodes[opener.at] = opener.run.mark.repeat(opener.left);
    this.nodes.push(element(tag, joined(children)));
    return used;
  }
}

function pairs(opener: Run, { mark, count, opens }: Run): boolean {
  if (opener.mark !== mark) return false;
  if (mark === "~") return opener.count === count && count < 3;
  return !(opener.closes || opens) || (opener.count + count) % 3 > 0 || count % 3 === 0;
}

function isDeep(nodes: readonly Node[], levels: number): boolean {
  return nodes.some((node) => typeof node !== "string" && (!levels || isDeep(node.children, levels - 1)));
}
