/** The same tree as the reader's, made of what `marked` reads: a second opinion for the tests. */
import { Lexer, type Token, type Tokens } from "marked";
import { inert } from "../../plain_text.ts";
import { unescaped } from "../escapes.ts";
import { linked, unlinked } from "../links.ts";
import { element, joined, type Node } from "../tree.ts";

/** Gives the tree that `marked` would make of `source`. */
export function markedTree(source: string): Node[] {
  return nodesOf(new Lexer({ gfm: true, breaks: true }).lex(inert(source).replace(/\r\n?/g, "\n")));
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

function nodesOf(tokens: readonly Token[] = []): Node[] {
  return joined(tokens.flatMap((token) => nodeOf(token as Tokens.Generic)));
}

function nodeOf(token: Tokens.Generic): Node | Node[] {
  const children = () => nodesOf(token.tokens);
  const tag = TAGS[token.type];
  if (tag) return element(tag, children());
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "heading":
      return element(`h${Math.min(token.depth + 2, 6)}`, children());
    case "text":
      return token.tokens ? children() : unescaped(token.text.replaceAll("\\", "\\\\"));
    case "list":
      return element(
        token.ordered ? "ol" : "ul",
        nodesOf(token.items),
        token.ordered ? { start: token.start } : undefined,
      );
    case "table":
      return tableOf(token as Tokens.Table);
    case "code":
      return element("pre", [token.text], { language: (token.lang ?? "").split(/\s/)[0] });
    case "codespan":
      return element("code", [token.text]);
    case "escape":
      return token.text;
    case "link":
      return linked(unescaped(token.href), unlinked(children()));
    case "image":
      return linked(unescaped(token.href), [token.text || token.href]);
    case "checkbox":
      return element("input", [], { checked: token.checked });
    default:
      return token.raw.trim();
  }
}

function tableOf({ header, rows, align }: Tokens.Table): Node {
  const row = (cells: Tokens.TableCell[], tag: string) =>
    element(
      "tr",
      cells.map(({ tokens }, at) =>
        element(tag, nodesOf(tokens), { class: align[at] ? `align-${align[at]}` : undefined })
      ),
    );
  return element("table", [
    element("thead", [row(header, "th")]),
    element("tbody", rows.map((cells) => row(cells, "td"))),
  ]);
}
