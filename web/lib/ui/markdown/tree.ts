/** What Markdown becomes: a tree of plain text and elements, which somebody else draws. */

/** One piece of drawn Markdown: plain text, or an element with others in it. */
export type Node = string | Element;

/** Says what an element is, and what is in it. */
export interface Element {
  tag: string;
  children: Node[];
  attributes?: Record<string, unknown>;
}

/** Makes an element. */
export function element(tag: string, children: Node[], attributes?: Element["attributes"]): Element {
  return { tag, children, attributes };
}

/** Adds nodes to others, however many. */
export function addTo(all: unknown[], nodes: readonly Node[]): void {
  for (const node of nodes) all.push(node);
}

/** Makes one text of texts that stand side by side. */
export function joined(nodes: readonly Node[]): Node[] {
  const out: Node[] = [];
  let text = "";
  for (const node of [...nodes, ""]) {
    if (typeof node === "string" && node) text += node;
    else {
      if (text) out.push(text);
      if (node) out.push(node);
      text = "";
    }
  }
  return out;
}

/** Counts texts and elements. */
export function sizeOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + 1 + (typeof node === "string" ? 0 : sizeOf(node.children)), 0);
}
