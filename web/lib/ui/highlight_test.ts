import { expect } from "expect";
import { highlighted } from "./highlight.ts";
import type { Node } from "./markdown.ts";

const textOf = (node: Node): string => typeof node === "string" ? node : node.children.map(textOf).join("");

Deno.test("highlighted() colours what it knows, and every character stays", () => {
  const code = 'const a = "<script>" + `${1}`; // <b>\n';
  const nodes = highlighted(code, "TypeScript")!;
  expect(nodes.map(textOf).join("")).toBe(code);
  expect(nodes[0]).toEqual({ tag: "span", attributes: { class: "hljs-keyword" }, children: ["const"] });
});

Deno.test("highlighted() leaves languages alone that it does not know", () => {
  expect(["", "constructor", "no such"].map((language) => highlighted("x", language))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
