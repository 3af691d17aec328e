/** What a command prints: it follows what comes until its reader scrolls away; standard error stands apart. */
import type { ReadonlySignal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { CommandRecord } from "../../../shared/model/command.ts";
import { isOpen } from "../../lib/agents/command_log.ts";
import type { Block, Output } from "../../lib/agents/output.ts";
import { wholeOutput } from "../../lib/agents/plain_output.ts";
import { isAtEnd } from "../../lib/chat/follow.ts";
import { fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Down } from "../ui/icons.tsx";
import { useTexts } from "../ui/Page.tsx";

interface OutputProps {
  command: CommandRecord;
  output: ReadonlySignal<Output>;
  /** The reader asked for it just now: its end is shown, also where it was over at once. */
  isLatest: boolean;
}

export function CommandOutput({ command, output: { value: output }, isLatest }: OutputProps) {
  const t = useTexts("agents");
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const isRunning = isOpen(command);
  // What is pasted into a terminal must not steer it either.
  const whole = useMemo(() => isRunning ? "" : wholeOutput(command.output), [isRunning, command.output]);
  const isWatched = useWasRunning(isRunning) || isLatest;
  useLayoutEffect(() => {
    // What has ended is read from its beginning.
    if (isFollowing && box.current?.dataset.heard) box.current.scrollTop = box.current.scrollHeight;
  }, [output, isFollowing, isLatest]);
  if (output.blocks.length === 0) return <p class="quiet">{isRunning ? t.noOutputYet : t.noOutput}</p>;
  const name = fill(t.output, { command: oneLine(command.arguments[0] ?? command.type).slice(0, 60) });
  return (
    <div class="printed">
      {output.isCut && <p class="quiet">{t.onlyEnd}</p>}
      {isUnclear(output) && <p class="quiet">{t.mixed}</p>}
      <div
        class="output"
        ref={box}
        role="group"
        aria-label={name}
        tabIndex={0}
        data-heard={isWatched ? "yes" : undefined}
        onScroll={() => setFollowing(isAtEnd(box.current!))}
      >
        {output.blocks.map((block) => <Lines key={block.key} block={block} />)}
      </div>
      {!isFollowing && isWatched && (
        <button
          type="button"
          class="button to-end"
          onClick={() => setFollowing(true)}
        >
          <Down /> {t.toEnd}
        </button>
      )}
      {!isRunning && <CopyButton text={whole} />}
    </div>
  );
}

/** What stands without a sign may have been standard error, where some of it came without being told apart. */
function isUnclear({ isMixed, blocks }: Output): boolean {
  return isMixed && blocks.some(({ stream }) => stream === "stderr");
}

/** Whether this page saw it run. */
function useWasRunning(isRunning: boolean): boolean {
  const was = useRef(isRunning);
  was.current ||= isRunning;
  return was.current;
}

function Lines({ block }: { block: Block }) {
  const t = useTexts("agents");
  return useMemo(() => {
    const text = block.text.replace(/\n$/, "");
    if (block.stream === "stdout") return <pre class="block" dir="auto">{text}</pre>;
    return (
      <div class="block stderr">
        <span class="stream">{t.errorStream}</span>
        <pre dir="auto">{text}</pre>
      </div>
    );
  }, [block]);
}
