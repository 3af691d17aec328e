// Runs in the browser: brings the islands of a page to life.
import { type ComponentType, type ContainerNode, hydrate } from "preact";
import { jsx } from "preact/jsx-runtime";
import { decode } from "./codec.ts";

type Instance = [url: string, exportName: string, props: object];

const data = document.getElementById("__fresh");
const instances = data ? decode(data.textContent ?? "") as Instance[] : [];
const ends = markers();

instances.forEach(async ([url, exportName, props], index) => {
  const module: Record<string, ComponentType> = await import(url);
  const [start, end] = ends.get(index)!;
  const island = jsx(module[exportName]!, props);
  Object.assign(island, { __m: [index, 0] }); // the root of `useId()`, the same as on the server
  hydrate(island, range(start, end));
});

/** Finds the comments around each island. Islands do not nest, so the next end belongs to the last start. */
function markers(): Map<number, [start: Comment, end: Comment]> {
  const found = new Map<number, [Comment, Comment]>();
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_COMMENT);
  let start: Comment | null = null;
  while (walker.nextNode()) {
    const comment = walker.currentNode as Comment;
    if (comment.data.startsWith("fresh:")) start = comment;
    if (comment.data === "/fresh" && start) {
      found.set(Number(start.data.slice(6)), [start, comment]);
    }
  }
  return found;
}

/** Stands in for an element that holds only what is between two comments. */
function range(start: Comment, end: Comment): ContainerNode {
  const parent = end.parentNode!;
  const isInside = (node: Node | null) =>
    node &&
    end.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING;
  const insertBefore = (node: Node, before: Node | null) =>
    parent.insertBefore(node, isInside(before) ? before : end);
  return {
    nodeType: 1,
    parentNode: parent,
    namespaceURI: (parent as Element).namespaceURI,
    get firstChild() {
      return start.nextSibling === end ? null : start.nextSibling;
    },
    get childNodes() {
      const nodes: Node[] = [];
      for (
        let node = start.nextSibling;
        node && node !== end;
        node = node.nextSibling
      ) nodes.push(node);
      return nodes;
    },
    contains: (node: Node | null) => parent.contains(node),
    insertBefore,
    appendChild: (node: Node) => insertBefore(node, null),
    removeChild: (node: Node) => parent.removeChild(node),
  } as unknown as ContainerNode;
}
