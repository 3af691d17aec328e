/** Colours for code, loaded when the first block of code is seen: a tree that can be drawn, never HTML text. */
import { common, createLowlight } from "lowlight";
import type { Node } from "./markdown.ts";

const lowlight = createLowlight(common);

/** Gives the tree of `code`, or undefined for a language that is not known. */
export function highlighted(code: string, language: string): Node[] | undefined {
  const name = language.toLowerCase();
  if (!lowlight.registered(name)) return undefined;
  return lowlight.highlight(name, code).children.map(drawn);
}

type Part = ReturnType<typeof lowlight.highlight>["children"][number];

function drawn(part: Part): Node {
  if (part.type === "text") return part.value;
  if (part.type !== "element") return "";
  const names = part.properties.className;
  const attributes = { class: Array.isArray(names) ? names.join(" ") : "" };
  return { tag: "span", attributes, children: part.children.map(drawn) };
}
