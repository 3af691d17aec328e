/** Others' Markdown, drawn as elements; nothing in it becomes HTML text, a script or a request. */
import { type ComponentChildren, h } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { headingLevels } from "../../lib/ui/heading_levels.ts";
import { GrowingMarkdown, type Node } from "../../lib/ui/markdown.ts";
import { CopyButton } from "./CopyButton.tsx";
import { useTexts } from "./Page.tsx";

/** Characters of a block of code that are worth colours: more would hold up the page. */
const LONGEST_COLOURED = 20_000;
/** How long a block has to stay as it is, in milliseconds. */
const SETTLED_MS = 200;

export function Markdown({ text }: { text: string }) {
  const reader = useMemo(() => new GrowingMarkdown(), []);
  const known = useMemo(() => new WeakMap<object, ComponentChildren>(), []);
  const nodes = useMemo(() => reader.parse(text), [text]);
  const levels = headingLevels(nodes);
  return (
    <div class="markdown" dir="auto">
      {nodes.map((node, index) => drawnOnce(node, { known, level: levels[index] }))}
    </div>
  );
}

/** A node that is the same object as before is the same element, which nothing looks into. */
function drawnOnce(
  node: Node,
  { known, level }: { known: WeakMap<object, ComponentChildren>; level: number | undefined },
): ComponentChildren {
  if (typeof node === "string") return node;
  if (!known.has(node)) known.set(node, draw(level ? { ...node, tag: `h${level}` } : node));
  return known.get(node);
}

function draw(node: Node): ComponentChildren {
  if (typeof node === "string") return node;
  const { tag, children, attributes } = node;
  if (tag === "pre") return <CodeBlock text={String(children)} language={String(attributes?.language)} />;
  if (tag === "input") return <Checkbox checked={attributes?.checked === true} />;
  const drawn = h(tag, attributes ?? {}, children.map(drawInside));
  return tag === "table" ? <Table>{drawn}</Table> : drawn;
}

/** What stands in a quote or a list is no part of the page's outline. */
function drawInside(node: Node): ComponentChildren {
  if (typeof node === "string" || !/^h[1-6]$/.test(node.tag)) return draw(node);
  return <p class="heading">{node.children.map(drawInside)}</p>;
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
      <pre tabIndex={0}><code dir="ltr">{useColours(text, language)?.map(draw) ?? text}</code></pre>
    </figure>
  );
}

/** Gives code with its colours as soon as nothing is added to it any more. */
function useColours(text: string, language: string): readonly Node[] | undefined {
  const [coloured, setColoured] = useState<{ of: string; nodes: readonly Node[] | undefined }>();
  useEffect(() => {
    if (!language || text.length > LONGEST_COLOURED) return;
    const timer = setTimeout(async () => {
      const { highlighted } = await import("../../lib/ui/highlight.ts");
      setColoured({ of: text, nodes: highlighted(text, language) });
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [text, language]);
  return coloured?.of === text ? coloured.nodes : undefined;
}
