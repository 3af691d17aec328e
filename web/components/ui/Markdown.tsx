/** Others' Markdown, drawn as elements; nothing in it becomes HTML text, a script or a request. */
import { type ComponentChildren, h } from "preact";
import { useMemo } from "preact/hooks";
import { type Node, parseMarkdown } from "../../lib/ui/markdown.ts";
import { CopyButton } from "./CopyButton.tsx";
import { useTexts } from "./Page.tsx";

export function Markdown({ text }: { text: string }) {
  const nodes = useMemo(() => parseMarkdown(text), [text]);
  return <div class="markdown" dir="auto">{nodes.map(draw)}</div>;
}

function draw(node: Node): ComponentChildren {
  if (typeof node === "string") return node;
  const { tag, children, attributes } = node;
  if (tag === "pre") return <CodeBlock text={String(children)} language={String(attributes?.language)} />;
  if (tag === "input") return <Checkbox checked={attributes?.checked === true} />;
  const drawn = h(tag, attributes ?? {}, children.map(draw));
  return tag === "table" ? <Table>{drawn}</Table> : drawn;
}

function Table({ children }: { children: ComponentChildren }) {
  const t = useTexts("common");
  return <div class="table" role="region" aria-label={t.table} tabIndex={0}>{children}</div>;
}

function Checkbox({ checked }: { checked: boolean }) {
  const t = useTexts("common");
  return <input type="checkbox" checked={checked} disabled aria-label={checked ? t.done : t.toDo} />;
}

function CodeBlock({ text, language }: { text: string; language: string }) {
  const t = useTexts("common");
  return (
    <figure class="code">
      <figcaption>
        <span>{language || t.code}</span>
        <CopyButton text={text} />
      </figcaption>
      <pre tabIndex={0}><code dir="ltr">{text}</code></pre>
    </figure>
  );
}
