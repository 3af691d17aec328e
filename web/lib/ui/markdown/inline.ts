/** What stands in a paragraph, a heading or a cell: read once from the left to the right. */
import { emphasised, type Run, runOf } from "./emphasis.ts";
import { unescaped } from "./escapes.ts";
import { angleLink, bareLength, type Find, linked, targetAt, unlinked } from "./links.ts";
import { addTo, element, type Node } from "./tree.ts";

/** All that is more than text. No part can begin within another of its kind, so that failing costs no more than reading. */
const TOKEN =
  /\\[!-/:-@[-`{-~\n]|&#?\w{1,8};|`+|\*+|_+|~+|!?\[|\]|\n|<[a-z/!?][^<>\n]*>|(?<![a-z\d])(?:https?:\/\/|www\.)[\p{L}\p{N}][^\s<[\]\u3001-\u303f\uff01-\uff65]*/giu;
const TICKS = /`+/g;

interface Bracket {
  /** Which of the items it is. */
  at: number;
  /** Where the text in it begins. */
  from: number;
  image: boolean;
  /** Whether there are brackets in it, so that it names nothing. */
  nested?: boolean;
}

/** Gives the tree of a text without blocks; `find` knows the addresses that are said elsewhere. */
export function inlineNodes(text: string, find: Find): Node[] {
  return new Inline(text, find).read();
}

class Inline {
  readonly #text: string;
  readonly #find: Find;
  readonly #items: (Node | Run)[] = [];
  readonly #brackets: Bracket[] = [];
  /** So many of the brackets have a link in them, and are none. */
  #around = 0;
  /** Where the last row of so many backticks stands. */
  #lastTicks: Map<number, number> | undefined;

  constructor(text: string, find: Find) {
    this.#text = text;
    this.#find = find;
  }

  read(): Node[] {
    let at = TOKEN.lastIndex = 0;
    for (let found; (found = TOKEN.exec(this.#text)); TOKEN.lastIndex = at) {
      if (found.index > at) this.#items.push(this.#text.slice(at, found.index));
      at = this.#take(found[0], found.index);
    }
    this.#items.push(this.#text.slice(at));
    return emphasised(this.#items);
  }

  /** Takes what begins at `at`, and says where it ends. */
  #take(token: string, at: number): number {
    const end = at + token.length;
    const first = token[0]!;
    if (first === "`") return this.#code(token, end);
    if (first === "]") return this.#close(end);
    if (/[hw]/i.test(first)) return at + this.#bare(token);
    if (/[*_~]/.test(first)) this.#items.push(this.#run(token, at, end));
    else if (first === "<") addTo(this.#items, angleLink(token));
    else if (/^!?\[/.test(token)) this.#open(token, end);
    else this.#items.push(token.endsWith("\n") ? element("br", []) : unescaped(token));
    return end;
  }

  #run(token: string, at: number, end: number): Run {
    const before = [...this.#text.slice(Math.max(0, at - 2), at)].at(-1);
    return runOf(token, before, [...this.#text.slice(end, end + 2)][0]);
  }

  #bare(token: string): number {
    const bare = token.slice(0, bareLength(token));
    addTo(this.#items, linked(/^w/i.test(bare) ? `http://${bare}` : bare, [bare]));
    return bare.length;
  }

  #code(ticks: string, from: number): number {
    const text = this.#text;
    this.#lastTicks ??= new Map(Array.from(text.matchAll(/`+/g), (row) => [row[0].length, row.index]));
    let end = this.#lastTicks.get(ticks.length) ?? 0;
    if (end < from) {
      this.#items.push(ticks);
      return from;
    }
    TICKS.lastIndex = from;
    for (let row = ""; row.length !== ticks.length; end = TICKS.lastIndex) row = TICKS.exec(text)![0];
    const code = text.slice(from, end - ticks.length).replaceAll("\n", " ");
    const padded = /^ .* $/.test(code) && code.trim();
    this.#items.push(element("code", [padded ? code.slice(1, -1) : code]));
    return end;
  }

  #open(token: string, from: number): void {
    const outer = this.#brackets.at(-1);
    if (outer) outer.nested = true;
    this.#brackets.push({ at: this.#items.length, from, image: token.length > 1 });
    this.#items.push(token);
  }

  #close(end: number): number {
    const bracket = this.#brackets.pop();
    const index = this.#brackets.length;
    const own = bracket?.nested ? "" : this.#text.slice(bracket?.from, end - 1);
    const target = bracket && (bracket.image || index >= this.#around) &&
      targetAt(this.#text, end, own, this.#find);
    this.#around = Math.min(this.#around, index);
    if (!target) {
      this.#items.push("]");
      return end;
    }
    const inner = unlinked(emphasised(this.#items.splice(bracket.at).slice(1)));
    if (!bracket.image) this.#around = index;
    addTo(this.#items, linked(target.href, bracket.image ? [textOf(inner) || target.href] : inner));
    return target.end;
  }
}

function textOf(nodes: readonly Node[]): string {
  return nodes.reduce<string>(
    (sum, node) => sum + (typeof node === "string" ? node : textOf(node.children)),
    "",
  );
}
