/** Markdown as a tree that can be drawn: `marked` only takes it apart, nothing ever becomes HTML text. */
import { Lexer, type Token, type Tokens } from "marked";
import { safeLink } from "./link.ts";
import { inert } from "./plain_text.ts";

/** One piece of drawn Markdown: plain text, or an element with others in it. */
export type Node = string | Element;

export interface Element {
  tag: string;
  children: Node[];
  attributes?: Record<string, unknown>;
}

/** Longer texts are shown as they are: no answer is worth a page that stands still. */
const LONGEST = 50_000;
const MOST_NODES = 20_000;
const DEEPEST = 12;
const MARK = /[*_~`[<]/;
const MOST_MARKS = 2_000;
const LONGEST_WORD = 1_000;
const LIST_ITEM = /^[ \t>]*(?:[-*+]|\d{1,9}[.)])(?!\S)/;
/** Lines that belong to a list item without a mark of their own. */
const MOST_LAZY_LINES = 500;

/** What would make `marked` work very long: a row of list or quote marks, far indented lists, a very wide gap. */
const BOMB =
  /^[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]*){13}|^[ \t]{48,}(?:>|[-*+]|\d{1,9}[.)])[ \t]|[ \t]{1000}/m;

/** Gives the tree of `source`. Never throws: what is too long, too deep or too much is one element with the plain text. */
export function parseMarkdown(source: string): Node[] {
  return new GrowingMarkdown().parse(source);
}

/** Reads a text that is being written, and of it only what may still change: long answers stay as fast as short ones. */
export class GrowingMarkdown {
  /** The text up to here was read, and what is written later changes none of it. */
  #settled = "";
  #nodes: Node[] = [];

  /** Gives the tree of `source`; nodes that are as they were are the same objects. */
  parse(source: string): Node[] {
    const text = inert(source).replace(/\r\n?/g, "\n");
    if (!text.startsWith(this.#settled)) this.#restart();
    const rest = text.slice(this.#settled.length);
    if (text.length > LONGEST || BOMB.test(rest) || isTangled(rest)) return this.#plain(text);
    try {
      return this.#read(rest);
    } catch {
      return this.#plain(text);
    }
  }

  #read(rest: string): Node[] {
    const tokens = new Lexer({ gfm: true, breaks: true }).lex(rest);
    const budget = { left: MOST_NODES - this.#nodes.length };
    const split = settledIn(tokens);
    const settled = nodesOf(tokens.slice(0, split), { budget, depth: 0 });
    const open = nodesOf(tokens.slice(split), { budget, depth: 0 });
    this.#settled += tokens.slice(0, split).map(({ raw }) => raw).join("");
    this.#nodes = [...this.#nodes, ...settled];
    return [...this.#nodes, ...open];
  }

  #plain(text: string): Node[] {
    this.#restart();
    return [element("div", [text], { class: "plain" })];
  }

  #restart(): void {
    this.#settled = "";
    this.#nodes = [];
  }
}

/** Counts the tokens that what follows cannot change: all but the last two that say something. */
function settledIn(tokens: readonly Token[]): number {
  // What a link names may be said anywhere, also later.
  if (tokens.some(({ type, raw }) => type === "def" || /\]\[|\[[^\]]*\](?!\()/.test(raw))) return 0;
  const words = tokens.map(({ type }, index) => type === "space" ? -1 : index).filter((index) => index >= 0);
  return words.at(-2) ?? 0;
}

/** `marked` looks at some things again and again: with many of one kind in one block, the time grows with their square. */
function isTangled(text: string): boolean {
  let [marks, columns, cells, lazy] = [0, 0, 0, -Infinity];
  return text.split("\n").some((line) => {
    if (!line.trim()) [marks, columns, lazy] = [0, 0, -Infinity];
    marks += line.split(MARK).length - 1;
    // Every row of a table has as many cells as its head, however short it is.
    columns = Math.max(columns, line.split("|").length - 1);
    cells += columns;
    lazy = LIST_ITEM.test(line) ? 0 : lazy + 1;
    return marks > MOST_MARKS || cells > MOST_NODES || lazy > MOST_LAZY_LINES ||
      line.split(/\s/).some(({ length }) => length > LONGEST_WORD);
  });
}

interface Walk {
  budget: { left: number };
  depth: number;
}

function element(tag: string, children: Node[], attributes?: Element["attributes"]): Element {
  return { tag, children, attributes };
}

function nodesOf(tokens: readonly Token[] | undefined, walk: Walk): Node[] {
  if (walk.depth > DEEPEST) return (tokens ?? []).map(({ raw }) => raw);
  const deeper = { ...walk, depth: walk.depth + 1 };
  return (tokens ?? []).flatMap((token) => {
    if (walk.budget.left-- < 0) throw new RangeError();
    return nodeOf(token as Tokens.Generic, deeper);
  });
}

const TAGS: Record<string, string> = {
  paragraph: "p",
  blockquote: "blockquote",
  strong: "strong",
  em: "em",
  del: "del",
  list_item: "li",
  br: "br",
  hr: "hr",
};

function nodeOf(token: Tokens.Generic, walk: Walk): Node | Node[] {
  const children = () => nodesOf(token.tokens, walk);
  const tag = TAGS[token.type];
  if (tag) return element(tag, children());
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "heading":
      return element(`h${Math.min(token.depth + 2, 6)}`, children());
    case "text":
      return token.tokens ? children() : decoded(token.text);
    case "list":
      return listOf(token as Tokens.List, walk);
    case "table":
      return tableOf(token as Tokens.Table, walk);
    case "code":
      return element("pre", [token.text], { language: (token.lang ?? "").split(/\s/)[0] });
    case "codespan":
      return element("code", [token.text]);
    case "escape":
      return token.text;
    case "link":
      return linkOf(token, children());
    case "image":
      return linkOf(token, [token.text || token.href]);
    case "checkbox":
      return element("input", [], { checked: token.checked });
    default:
      return token.raw;
  }
}

function linkOf({ href }: Tokens.Generic, children: Node[]): Node | Node[] {
  const safe = safeLink(href);
  return safe
    ? element("a", children, { href: safe, target: "_blank", rel: "noreferrer nofollow" })
    : children;
}

function listOf({ ordered, start, items }: Tokens.List, walk: Walk): Node {
  const children = nodesOf(items, walk);
  return ordered ? element("ol", children, { start }) : element("ul", children);
}

function tableOf({ header, rows, align }: Tokens.Table, walk: Walk): Node {
  const line = (row: Tokens.TableCell[], tag: string): Node =>
    element(
      "tr",
      row.map(({ tokens }, at) =>
        element(tag, nodesOf(tokens, walk), { class: align[at] && `align-${align[at]}` })
      ),
    );
  return element("table", [
    element("thead", [line(header, "th")]),
    element("tbody", rows.map((row) => line(row, "td"))),
  ]);
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Reads the character references that people write; what it does not know stays as it is. */
function decoded(text: string): string {
  return inert(text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,6}));/gi, (all, decimal, hex, name) => {
    if (name) return ENTITIES[name] ?? all;
    const code = parseInt(decimal ?? hex, decimal ? 10 : 16);
    return code > 31 && code < 0x110000 && (code < 0xd800 || code > 0xdfff)
      ? String.fromCodePoint(code)
      : all;
  }));
}
