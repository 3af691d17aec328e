/** Links: where they lead, which of them are said elsewhere in the text, and those that stand there bare. */
import { safeLink } from "../link.ts";
import { unescaped } from "./escapes.ts";
import { element, joined, type Node } from "./tree.ts";

// Each repetition begins with a character that nothing beside it takes: no way back is tried twice.
const TITLE = String.raw`"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\((?:[^()\\]|\\[^])*\)`;
const PLAIN = String.raw`[^\s()\\]|\\[^\s]`;
const TARGET = new RegExp(
  String.raw`\(\s*(?:(?:<((?:[^<>\\\n]|\\.)*)>|((?!<)(?:${PLAIN}|\((?:${PLAIN}|\((?:${PLAIN})*\))*\))+))` +
    String.raw`(?:\s+(?:${TITLE}))?\s*)?\)`,
  "y",
);
const LABEL = /\[((?:[^\\[\]]|\\[^])*)\]/y;
// A name with a ^ is a footnote's, and what it says is to be seen.
const DEFINITION = new RegExp(
  String.raw`\[((?!\^)(?:[^\\[\]]|\\[^])+)\]:[ \t]*(?:\n[ \t]*)?(?:<([^<>\n]*)>|([^\s<]\S*))` +
    String.raw`(?:(?:[ \t]+|[ \t]*\n[ \t]*)(?:${TITLE}))?[ \t]*(?:\n|$)`,
  "y",
);

/** Addresses by what they are called. */
export type Definitions = Map<string, string>;
/** Gives the address of what is called so. */
export type Find = (name: string) => string | undefined;

/** Gives where the link of a text in brackets leads, and where that ends; the brackets end before `at`. */
export function targetAt(
  text: string,
  at: number,
  own: string,
  find: Find,
): { href: string; end: number } | undefined {
  TARGET.lastIndex = LABEL.lastIndex = at;
  const target = TARGET.exec(text);
  if (target) return { href: unescaped(target[1] ?? target[2] ?? ""), end: TARGET.lastIndex };
  const label = LABEL.exec(text);
  const name = nameOf(label?.[1] || own);
  const href = name && find(name);
  return href ? { href, end: label ? LABEL.lastIndex : at } : undefined;
}

/** Puts what the text defines at its beginning into `known`, and gives the rest. */
export function takeDefinitions(text: string, known: Definitions): string {
  let end = DEFINITION.lastIndex = 0;
  for (let found; (found = DEFINITION.exec(text)); end = DEFINITION.lastIndex) {
    const name = nameOf(found[1]!);
    if (!known.has(name)) known.set(name, unescaped(found[2] ?? found[3]!));
  }
  return text.slice(end);
}

function nameOf(label: string): string {
  return label.trim().replace(/\s+/g, " ").toLowerCase();
}

/** Gives a link, or only what stands in it where it may not be followed. */
export function linked(href: string, children: Node[]): Node[] {
  const safe = safeLink(href);
  return safe
    ? [element("a", children, { href: safe, target: "_blank", rel: "noreferrer nofollow" })]
    : children;
}

/** Takes the links out of what stands in a link. */
export function unlinked(nodes: readonly Node[]): Node[] {
  return joined(nodes.flatMap((node): Node[] => {
    if (typeof node === "string") return [node];
    const children = unlinked(node.children);
    return node.tag === "a" ? children : [{ ...node, children }];
  }));
}

/** Reads `<https://…>` and `<name@host>`; other tags are text. */
export function angleLink(tag: string): Node[] {
  const text = tag.slice(1, -1);
  if (/^[a-z][\w+.-]+:\S*$/i.test(text)) return linked(text, [text]);
  return /^[\w+.-]+@[\w.-]+$/.test(text) ? linked(`mailto:${text}`, [text]) : [tag];
}

/** Counts the characters of an address that stands in a sentence, without the signs that are the sentence's. */
export function bareLength(address: string): number {
  let end = address.length;
  let unpaired = address.split(")").length - address.split("(").length;
  while (/[?!.,:;*_~'"]/.test(address[end - 1]!) || (address[end - 1] === ")" && unpaired-- > 0)) end--;
  return end;
}
