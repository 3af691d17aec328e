/** The blocks of a text, line by line: what a line belongs to follows from what is open, and no line is looked at again. */
import { Line } from "./line.ts";
import { isTableHead } from "./table.ts";

/** A paragraph, a list or the like. */
export interface Block {
  /** What it is drawn as, or `html`, which is shown as it is. */
  tag: string;
  /** What is in a quote, a list or an item. */
  children: Block[];
  /** What the others say. */
  lines: string[];
  /** Where in the text the line begins that the block begins with. */
  start: number;
  /** The fence around code, or what the items of a list are marked with. */
  mark?: string;
  /** How far in the code in a fence stands, or the text of an item. */
  indent?: number;
  /** What is said of code. */
  info?: string;
  /** The number of the first item. */
  number?: number;
  /** Lines of a paragraph that stand before a table. */
  lead?: number;
  /** Whether blank lines are between the items of a list, or within an item. */
  loose?: boolean;
}

/** Quotes and lists in one another that are read as such: more is nothing that anybody means. */
const DEEPEST = 12;

const ITEM = /^[ \t]*(?:[-*+]|(\d{1,9})[.)])(?=[ \t]|$)/;
const RULE = /^([-*_])(?:[ \t]*\1){2,}$/;
const FENCE = /^(`{3,}(?=[^`]*$)|~{3,})(.*)/;
/** A comment, or a line that begins and ends with tags; it is shown up to the next blank line. */
const HTML = /^<(?:!--|\/?[a-z][\w-]*[\s/>](?:.*>)?$)/i;

/** Takes a text apart: lines in, blocks out. */
export class BlockReader {
  #start = 0;
  readonly #root = this.#block("");
  /** What the last line was in: the root, quotes and items. */
  readonly #open = [this.#root];
  /** What may go on with the next line. */
  #leaf: Block | undefined;
  /** The line before was a blank one for what is at least so deep. */
  #gap = Infinity;

  /** Gives the outermost blocks; the last of them may still change. */
  get blocks(): Block[] {
    return this.#root.children;
  }

  /** Takes the next line; `start`: where it begins in the text. */
  read(text: string, start: number): void {
    const line = new Line(text);
    this.#start = start;
    let depth = 1;
    while (depth < this.#open.length && goesOn(this.#open[depth]!, line)) depth++;
    const known = depth;
    let gap = Infinity;
    if (depth < this.#open.length || !this.#fills(line)) {
      while (this.#opens(line, depth)) depth = this.#open.length;
      if (!line.words) gap = this.#blank(depth, known);
      else this.#says(line, depth);
    }
    this.#gap = gap;
  }

  /** Goes on with code in a fence, or HTML: nothing else can begin there. */
  #fills(line: Line): boolean {
    const { tag, mark, indent, lines } = this.#leaf ?? {};
    if (tag === "html" && line.words) return !!lines!.push(line.rest);
    if (!mark) return false;
    if (line.indent < 4 && line.words.startsWith(mark) && /^(.)\1*$/.test(line.words)) this.#leaf = undefined;
    else lines!.push(line.strip(indent!));
    return true;
  }

  /** Begins a quote or an item where the line says so. */
  #opens(line: Line, depth: number): boolean {
    const { indent } = line;
    if (depth > DEEPEST || indent > 3) return false;
    if (goesOn({ tag: "blockquote" }, line)) return !!this.#open.push(this.#add("blockquote", depth));
    const [all, digits] = ITEM.exec(line.rest) ?? [];
    if (!all || RULE.test(line.words)) return false;
    const mark = all.trim();
    const empty = line.words === mark;
    if (this.#paragraph(depth) && (empty || (digits && +digits !== 1))) return false;
    line.skip(mark.length);
    const gap = empty || line.indent > 4 ? 1 : line.indent;
    line.strip(gap);
    const item = this.#item(depth, mark, digits);
    item.indent = indent + mark.length + gap;
    return !!this.#open.push(item);
  }

  #item(depth: number, marked: string, digits?: string): Block {
    this.#close(depth);
    const mark = marked.at(-1)!;
    let list = this.#open.at(-1)!.children.at(-1);
    if (list?.mark !== mark) list = this.#add(digits ? "ol" : "ul", depth, { mark, number: Number(digits) });
    else if (depth >= this.#gap) list.loose = true;
    const item = this.#block("li");
    list.children.push(item);
    return item;
  }

  /** Ends what a blank line ends, and gives how deep it is seen as one. */
  #blank(depth: number, known: number): number {
    if (depth < this.#open.length) this.#close(depth);
    else if (this.#leaf?.tag === "pre") this.#leaf.lines.push("");
    else this.#leaf = undefined;
    return depth > known ? Infinity : this.#open.findLastIndex(({ tag }) => tag === "blockquote") + 1;
  }

  #says(line: Line, depth: number): void {
    const leaf = this.#leaf;
    const deep = line.indent > 3;
    if (deep && leaf?.tag !== "p") {
      if (leaf?.tag !== "pre" || depth < this.#open.length) this.#leaf = this.#add("pre", depth);
      this.#leaf!.lines.push(line.strip(4));
    } else if (deep || !this.#begins(line, depth)) {
      const lasts = leaf?.tag === "p" || (leaf?.tag === "table" && depth === this.#open.length);
      if (!lasts) this.#leaf = this.#add("p", depth);
      this.#leaf!.lines.push(line.words);
    }
  }

  /** Begins what one line is enough for, or makes more of the paragraph above it. */
  #begins({ words, indent, rest }: Line, depth: number): boolean {
    const paragraph = this.#paragraph(depth);
    if (paragraph && this.#becomes(paragraph, words)) return true;
    const [hashes] = /^#{1,6}(?=[ \t]|$)/.exec(words) ?? [];
    const [, mark, info] = FENCE.exec(words) ?? [];
    if (hashes) {
      this.#add(tagOf(hashes.length), depth).lines.push(headingOf(words.slice(hashes.length)));
    } else if (mark) this.#leaf = this.#add("pre", depth, { mark, info, indent });
    else if (RULE.test(words)) this.#add("hr", depth);
    else if (this.#leaf?.tag === "p" || !HTML.test(words)) return false;
    else this.#leaf = this.#add("html", depth, { lines: [rest] });
    return true;
  }

  #becomes(paragraph: Block, words: string): boolean {
    const { lines } = paragraph;
    if (isTableHead(lines.at(-1)!, words)) {
      paragraph.tag = "table";
      paragraph.lead = lines.push(words) - 2;
      return true;
    }
    if (!/^(?:=+|-+)$/.test(words) || /^\[[^\]]*\]:/.test(lines[0]!)) return false;
    paragraph.tag = tagOf(words.startsWith("=") ? 1 : 2);
    this.#leaf = undefined;
    return true;
  }

  /** Gives the paragraph that the line goes on with, if nothing else begins. */
  #paragraph(depth: number): Block | undefined {
    return depth === this.#open.length && this.#leaf?.tag === "p" ? this.#leaf : undefined;
  }

  #add(tag: string, depth: number, more?: Partial<Block>): Block {
    this.#close(depth);
    const parent = this.#open.at(-1)!;
    const block = this.#block(tag, more);
    if (parent.children.push(block) > 1 && depth >= this.#gap) parent.loose = true;
    return block;
  }

  #block(tag: string, more?: Partial<Block>): Block {
    return { tag, children: [], lines: [], start: this.#start, ...more };
  }

  #close(depth: number): void {
    this.#open.length = depth;
    this.#leaf = undefined;
  }
}

/** Says whether the line is within the quote or the item, and takes the mark of that away. */
function goesOn({ tag, indent, children }: Partial<Block>, line: Line): boolean {
  if (tag === "li") {
    const within = line.words ? line.indent >= indent! : children!.length > 0;
    if (within) line.strip(indent!);
    return within;
  }
  if (line.indent > 3 || !line.words.startsWith(">")) return false;
  line.skip(1);
  line.strip(1);
  return true;
}

/** Gives how the heading of a level is drawn: the page has larger ones of its own. */
function tagOf(level: number): string {
  return `h${Math.min(level + 2, 6)}`;
}

/** Gives what a heading says, without the row of hashes that may end it. */
function headingOf(text: string): string {
  let end = text.length;
  while (text[end - 1] === "#") end--;
  return (/[ \t]/.test(text[end - 1] ?? " ") ? text.slice(0, end) : text).trim();
}
