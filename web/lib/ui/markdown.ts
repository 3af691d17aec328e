/** Markdown as a tree that can be drawn, in time that grows with the text alone; nothing ever becomes HTML text. */
import { type Block, BlockReader } from "./markdown/blocks.ts";
import { collectDefinitions, nodesOf } from "./markdown/draw.ts";
import type { Definitions } from "./markdown/links.ts";
import { addTo, element, type Node, sizeOf } from "./markdown/tree.ts";
import { inert } from "./plain_text.ts";

export type { Element, Node } from "./markdown/tree.ts";

/** Longer texts are shown as they are: reading them would hold up the page, however evenly. */
const LONGEST = 1024 * 1024;
/** What a page draws without standing still; the rest of the text is shown as it is. */
const MOST_NODES = 20_000;
/** Characters after which a text that is shown as it is goes on in another element, at the next end of a line. */
const PIECE = 10_000;

/** A block at the outermost level, and what became of it. */
interface Drawn {
  block: Block;
  nodes: Node[];
  size: number;
  /** The names of addresses that it looked for, and what they were. */
  asked: Map<string, string | undefined>;
}

/** Gives the tree of `source`. Never throws: what is too long or too much is the plain text. */
export function parseMarkdown(source: string): Node[] {
  return new GrowingMarkdown().parse(source);
}

/** Reads a text that is being written, and of it only what may still change: long answers stay as fast as short ones. */
export class GrowingMarkdown {
  #text = "";
  /** Where the first block begins that may still change. */
  #from = 0;
  /** The blocks before: what is written later changes none of them, but for where their links lead. */
  #settled: Drawn[] = [];
  #definitions: Definitions = new Map();

  /** Gives the tree of `source`; nodes that are as they were are the same objects. */
  parse(source: string): Node[] {
    const text = inert(source).replace(/\r\n?/g, "\n");
    if (text.length > LONGEST) return plain(text);
    if (!text.startsWith(this.#text.slice(0, this.#from))) {
      this.#from = 0;
      this.#settled = [];
      this.#definitions = new Map();
    }
    this.#text = text;
    const open = this.#settle();
    const definitions = new Map(this.#definitions);
    for (const { block } of open) collectDefinitions(block, definitions);
    return this.#draw([...this.#settled, ...open], definitions);
  }

  /** Reads on, keeps what cannot change any more, and gives the rest. */
  #settle(): Drawn[] {
    const reader = new BlockReader();
    let start = this.#from;
    for (let end; (end = this.#text.indexOf("\n", start)) >= 0; start = end + 1) {
      reader.read(this.#text.slice(start, end), start);
    }
    // The line that is being written may become another, and what it seems to end may then go on.
    const closed = reader.blocks.slice(0, -1).length;
    if (start < this.#text.length) reader.read(this.#text.slice(start), start);
    const all = reader.blocks.map((block): Drawn => ({ block, nodes: [], size: -1, asked: new Map() }));
    const open = all.splice(closed);
    for (const one of all) collectDefinitions(one.block, this.#definitions);
    this.#settled = [...this.#settled, ...all];
    this.#from = open[0]?.block.start ?? this.#from;
    return open;
  }

  #draw(all: Drawn[], definitions: Definitions): Node[] {
    const nodes: Node[] = [];
    let left = MOST_NODES;
    for (const one of all) {
      if (isStale(one, definitions)) redraw(one, definitions);
      left -= one.size;
      if (left < 0) return [...nodes, ...plain(this.#text.slice(one.block.start))];
      addTo(nodes, one.nodes);
    }
    return nodes;
  }
}

/** In pieces of whole lines: where a text grows, a browser lays out only the last of them again. */
function plain(text: string): Node[] {
  const pieces: Node[] = [];
  for (let start = 0, end; start < text.length; start = end) {
    end = text.indexOf("\n", start + PIECE) + 1 || text.length;
    // The line break between two pieces is the end of the first.
    const piece = text.slice(start, end < text.length ? end - 1 : end);
    pieces.push(element("div", [piece], { class: "plain" }));
  }
  return pieces;
}

function isStale({ size, asked }: Drawn, definitions: Definitions): boolean {
  return size < 0 || [...asked].some(([name, href]) => definitions.get(name) !== href);
}

function redraw(one: Drawn, definitions: Definitions): void {
  one.asked.clear();
  one.nodes = nodesOf(one.block, (name) => {
    const href = definitions.get(name);
    one.asked.set(name, href);
    return href;
  });
  one.size = sizeOf(one.nodes);
}
