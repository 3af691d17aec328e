import { expect } from "expect";
import { GrowingMarkdown, type Node, parseMarkdown } from "../markdown.ts";
import { CORPUS } from "./testing/corpus.ts";
import { markedTree } from "./testing/marked_tree.ts";

const show = (node: Node): string => {
  if (typeof node === "string") return node;
  const { tag, children, attributes = {} } = node;
  const shown = ["language", "start", "class", "href", "checked"].map((name) => attributes[name] ?? "").join(
    " ",
  );
  return `<${tag} ${shown.trim()}>${children.map(show).join("")}</${tag}>`;
};

/** Gaps where nobody sees them: `marked` keeps some at the ends of paragraphs and of code that is indented. */
const even = (nodes: readonly Node[]) =>
  nodes.map(show).join("").replace(/(<p >)\s+/g, "$1").replace(/\s+(<\/(?:p|pre|li)>)/g, "$1");

/** Beginnings of texts that are read in another way, and why. */
const HALF_WRITTEN: [end: RegExp, why: string][] = [
  [/\]\(<?(?:https:\/\/a\.b\/c d>|mailto:a@b\.c)$/, "no link is looked for in an address that is not whole"],
  [/https?:\S*\(\w*$/, "a bare address may have a parenthesis that is open"],
  [/(?:^|\n)<[^>\n]*$/, "a line with half a tag is a paragraph's"],
  [/<\w+@\w+\.\w+$/, "a bare mail address is no link"],
];

/** What is read in another way than `marked` reads it, and why. */
const DIFFERENT: [source: string, ours: string, why: string][] = [
  ["![*a*](https://a.b)", "<p ><a https://a.b/>a</a></p>", "the text for an image is text"],
  ["*a**b**", "<p >*a<strong >b</strong></p>", "CommonMark: both lengths together are a multiple of three"],
  ["me@a.org", "<p >me@a.org</p>", "who means a link to a mail address writes <me@a.org>"],
  ["**注意：**请", "<p ><strong >注意：</strong>请</p>", "Chinese and Japanese have no gaps around emphasis"],
  [
    "看https://a.b。好",
    "<p >看<a https://a.b/>https://a.b</a>。好</p>",
    "a full stop of theirs ends an address",
  ],
  [
    "https://a.b/[c]",
    "<p ><a https://a.b/>https://a.b/</a>[c]</p>",
    "brackets end a bare address: it may be the text of a link",
  ],
  [
    "<!-- a\n\n*b* -->",
    "<!-- a<p ><em >b</em> --></p>",
    "all HTML is text, a comment too, up to a blank line",
  ],
  ["[^1]: Yes", "<p >[^1]: Yes</p>", "a footnote of one word is no address"],
  ["a\n<div>", "<p >a<br ></br><div></p>", "HTML is text, so that it ends no paragraph"],
  ["<p>*a*\nb", "<p ><p><em >a</em><br ></br>b</p>", "a line that does not end with a tag is a paragraph's"],
];

Deno.test("parseMarkdown() reads what people and models write as `marked` does", () => {
  for (const [name, text] of Object.entries(CORPUS)) {
    expect([name, even(parseMarkdown(text))]).toEqual([name, even(markedTree(text))]);
  }
});

Deno.test("a half-written text is read as `marked` reads it, and as it was read piece by piece", () => {
  for (const [name, text] of Object.entries(CORPUS)) {
    const growing = new GrowingMarkdown();
    for (let length = 1; length < text.length; length += 3) {
      const part = text.slice(0, length);
      const nodes = growing.parse(part);
      expect([part, nodes]).toEqual([part, parseMarkdown(part)]);
      if (HALF_WRITTEN.some(([end]) => end.test(part))) continue;
      expect([name, part, even(nodes)]).toEqual([name, part, even(markedTree(part))]);
    }
  }
});

Deno.test("parseMarkdown() reads some things in another way than `marked`, each for a reason", () => {
  for (const [source, ours, why] of DIFFERENT) {
    expect([why, even(parseMarkdown(source))]).toEqual([why, ours]);
    expect([why, even(markedTree(source))]).not.toEqual([why, ours]);
  }
});
