/** The tree of each block. */
import type { Block } from "./blocks.ts";
import { unescaped } from "./escapes.ts";
import { inlineNodes } from "./inline.ts";
import { type Definitions, type Find, takeDefinitions } from "./links.ts";
import { tableOf } from "./table.ts";
import { addTo, element, type Node } from "./tree.ts";

const TASK = /^\[([ x])\][ \t\n]+(?=\S)/i;

/** Takes the definitions of links out of the paragraphs of the block. */
export function collectDefinitions({ tag, lines, children }: Block, known: Definitions): void {
  if (tag === "p" && lines[0]!.startsWith("[")) {
    const rest = takeDefinitions(lines.join("\n"), known);
    lines.splice(0, Infinity, ...rest ? [rest] : []);
  }
  for (const child of children) collectDefinitions(child, known);
}

/** Draws a block; `find` knows the addresses that are said elsewhere. */
export function nodesOf(block: Block, find: Find): Node[] {
  const { tag, lines, lead, children } = block;
  const inline = (text: string) => inlineNodes(text, find);
  const text = lines.slice(0, lead).join("\n");
  if (tag === "html") return [text];
  if (tag === "pre") return [codeOf(block)];
  if (/^.l$/.test(tag)) return [listOf(block, find)];
  const nodes = children.length ? children.flatMap((child) => nodesOf(child, find)) : inline(text);
  if (tag === "table") return [...lead ? [element("p", nodes)] : [], tableOf(lines.slice(lead), inline)];
  return tag === "p" && !text ? [] : [element(tag, nodes)];
}

function codeOf({ lines, mark, info = "" }: Block): Node {
  let end = lines.length;
  if (!mark) { while (!lines[end - 1]) end--; }
  return element("pre", [lines.slice(0, end).join("\n")], {
    language: unescaped(info.trim().split(/\s/)[0]!),
  });
}

function listOf({ tag, children, number, loose }: Block, find: Find): Node {
  const tight = !loose && !children.some((item) => item.loose);
  const items = children.map((item) => itemOf(item, tight, find));
  return element(tag, items, tag === "ol" ? { start: number } : undefined);
}

function itemOf({ children }: Block, tight: boolean, find: Find): Node {
  const nodes: Node[] = [];
  const text = children[0]?.tag === "p" ? children[0].lines.join("\n") : "";
  const [task, done] = TASK.exec(text) ?? [];
  if (task) {
    children = [{ ...children[0]!, lines: [text.slice(task.length)] }, ...children.slice(1)];
    nodes.push(element("input", [], { checked: done !== " " }));
  }
  for (const node of children.flatMap((child) => nodesOf(child, find))) {
    if (tight && typeof node !== "string" && node.tag === "p") addTo(nodes, node.children);
    else nodes.push(node);
  }
  return element("li", nodes);
}
