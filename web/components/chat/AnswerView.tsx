/** What an agent wrote, or is writing. */
import { useComputed } from "@preact/signals";
import { isBeingWritten, textOf } from "../../lib/chat/answer.ts";
import type { Desk } from "../../lib/chat/desk.ts";
import type { Answer } from "../../lib/chat/entry.ts";
import { isOffline } from "../../lib/live/roster.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Markdown } from "../ui/Markdown.tsx";
import { useTexts } from "../ui/Page.tsx";
import { Clock } from "../ui/Time.tsx";

export function AnswerView({ answer, desk }: { answer: Answer; desk: Desk }) {
  const t = useTexts("chat");
  const name = desk.names.value.get(answer.from) || oneLine(answer.from) || t.someone;
  const isOpen = isBeingWritten(answer);
  return (
    <article class="answer" aria-label={name} aria-busy={isOpen}>
      <Avatar id={answer.from} name={name} />
      <div class="answer-body">
        <header>
          <strong>{name}</strong>
          {isOpen ? <Writing from={answer.from} desk={desk} /> : <Clock iso={answer.sentAt} />}
        </header>
        <Markdown text={textOf(answer)} />
        {answer.brokenOff && <p class="broken-off">{t.brokenOff}</p>}
        {!isOpen && (
          <p class="actions">
            <CopyButton text={textOf(answer)} />
          </p>
        )}
      </div>
    </article>
  );
}

/** Nobody writes who is not there: the answer begins anew when its agent is back. */
function Writing({ from, desk }: { from: string; desk: Desk }) {
  const t = useTexts("chat");
  const isAway = useComputed(() => isOffline(desk.agents.value, from)).value;
  return isAway ? <span class="away">{t.writerAway}</span> : <span class="writing">{t.writing}</span>;
}
