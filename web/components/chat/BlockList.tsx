/** What was said, in blocks: one that is as it was is not looked into, and of a long conversation only those nearby are there. */
import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type Block, Blocks } from "../../lib/chat/blocks.ts";
import type { Desk } from "../../lib/chat/desk.ts";
import type { Entry } from "../../lib/chat/entry.ts";
import { Nearness } from "../../lib/ui/nearness.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { AnswerView } from "./AnswerView.tsx";
import { QuestionView } from "./QuestionView.tsx";

export function BlockList({ desk, entries }: { desk: Desk; entries: readonly Entry[] }) {
  const blocks = useMemo(() => new Blocks(), []);
  const nearness = useMemo(() => new Nearness(), []);
  const drawn = useMemo(() => new WeakMap<Block, VNode>(), []);
  return (
    <div class="blocks" data-entries={entries.length}>
      {blocks.of(entries).map((block) => {
        // The same element as before is passed over.
        const element = drawn.get(block) ??
          <BlockView key={block.key} block={block} desk={desk} nearness={nearness} />;
        drawn.set(block, element);
        return element;
      })}
    </div>
  );
}

interface BlockProps {
  block: Block;
  desk: Desk;
  nearness: Nearness;
}

/** A far block is a gap of its height. Up to some hundred messages none is far, so that the browser's own search finds all. */
function BlockView({ block, desk, nearness }: BlockProps) {
  const element = useRef<HTMLDivElement>(null);
  const gap = useSignal<number | undefined>(undefined);
  useEffect(() => {
    const told = (isNear: boolean, heightPx: number) => gap.value = isNear ? undefined : heightPx;
    return nearness.watch(element.current!, told);
  }, []);
  const heightPx = gapOf(gap, desk.isLong);
  return (
    <div class="block" ref={element} style={heightPx === undefined ? undefined : { height: `${heightPx}px` }}>
      {heightPx === undefined && block.entries.map((entry) =>
        viewOf(entry, desk)
      )}
    </div>
  );
}

/** A conversation that is not long asks for no more than that. */
function gapOf(
  gap: ReadonlySignal<number | undefined>,
  isLong: ReadonlySignal<boolean>,
): number | undefined {
  return isLong.value ? gap.value : undefined;
}

function viewOf(entry: Entry, desk: Desk): VNode {
  if (entry.kind === "question") return <QuestionView key={entry.id} question={entry} desk={desk} />;
  if (entry.kind === "answer") return <AnswerView key={entry.id} answer={entry} desk={desk} />;
  return <p key={entry.id} class="note" dir="auto">{oneLine(entry.text)}</p>;
}
