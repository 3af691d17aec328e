/** Others' Markdown, drawn as elements; nothing in it becomes HTML text, a script or a request. */
import { type ComponentChildren, h } from "preact";
import { useMemo } from "preact/hooks";
import { type Node, parseMarkdown } from "../lib/markdown.ts";
import { texts } from "../lib/texts.ts";
import { CopyButton } from "./CopyButton.tsx";

export function Markdown({ text }: { text: string }) {
  const nodes = useMemo(() => parseMarkdown(text), [text]);
  return <div class="markdown" dir="auto">{nodes.map(draw)}</div>;
}

function draw(node: Node): ComponentChildren {
  if (typeof node === "string") return node;
  const { tag, children, attributes } = node;
  if (tag === "pre") return <CodeBlock text={String(children)} language={String(attributes?.language)} />;
  const drawn = h(tag, attributes ?? {}, children.map(draw));
  if (tag !== "table") return drawn;
  return <div class="table" role="region" aria-label={texts.table} tabIndex={0}>{drawn}</div>;
}

function CodeBlock({ text, language }: { text: string; language: string }) {
  return (
    <figure class="code">
      <figcaption>
        <span>{language || texts.code}</span>
        <CopyButton text={text} />
      </figcaption>
      <pre tabIndex={0}><code dir="ltr">{text}</code></pre>
    </figure>
  );
}
