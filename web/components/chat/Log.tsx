/** The conversation: follows what is written until its reader scrolls away. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Desk } from "../../lib/chat/desk.ts";
import { isAtEnd } from "../../lib/chat/follow.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { AnswerView } from "./AnswerView.tsx";
import { Down } from "../ui/icons.tsx";
import { QuestionView } from "./QuestionView.tsx";
import { Welcome } from "./Welcome.tsx";

export function Log({ desk, isUnknown }: { desk: Desk; isUnknown: boolean }) {
  const t = useTexts("chat");
  const log = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const entries = desk.entries.value;
  const own = entries.findLast(({ kind }) => kind === "question")?.id;
  const toEnd = () => log.current?.scrollTo({ top: log.current.scrollHeight });

  useEffect(() => setFollowing(true), [own]);
  useLayoutEffect(() => {
    if (isFollowing) toEnd();
  }, [entries, isFollowing]);
  useEffect(() => {
    const observer = new ResizeObserver(() => log.current?.dataset.following && toEnd());
    observer.observe(log.current!);
    return () => observer.disconnect();
  }, []);

  return (
    <div class="log-frame">
      <div
        class="log"
        ref={log}
        role="log"
        aria-label={t.conversation}
        tabIndex={0}
        data-following={isFollowing ? "yes" : undefined}
        onScroll={() => setFollowing(isAtEnd(log.current!))}
      >
        <div class="column">
          {desk.earlier.value && (
            <button
              type="button"
              class="button earlier"
              onClick={() => readEarlier(desk, log.current!)}
            >
              {t.earlier}
            </button>
          )}
          {entries.length === 0 && <Welcome desk={desk} isUnknown={isUnknown} />}
          {entries.map((entry) => {
            if (entry.kind === "question") {
              return <QuestionView key={entry.id} question={entry} desk={desk} />;
            }
            if (entry.kind === "answer") return <AnswerView key={entry.id} answer={entry} desk={desk} />;
            return <p key={entry.id} class="note">{oneLine(entry.text)}</p>;
          })}
        </div>
      </div>
      {!isFollowing && (
        <button type="button" class="button latest" onClick={() => setFollowing(true)}>
          <Down /> {t.latest}
        </button>
      )}
    </div>
  );
}

/** Puts what was said before above, and leaves the reader where they were. */
async function readEarlier(desk: Desk, log: HTMLElement): Promise<void> {
  const fromEnd = log.scrollHeight - log.scrollTop;
  await desk.readEarlier();
  requestAnimationFrame(() => log.scrollTop = log.scrollHeight - fromEnd);
}
