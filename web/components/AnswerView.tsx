/** What an agent wrote, or is writing. */
import { isBeingWritten, textOf } from "../lib/answer.ts";
import type { Desk } from "../lib/desk.ts";
import type { Answer } from "../lib/entry.ts";
import { oneLine } from "../lib/plain_text.ts";
import { nameOf } from "../lib/roster.ts";
import { texts } from "../lib/texts.ts";
import { Avatar } from "./Avatar.tsx";
import { Markdown } from "./Markdown.tsx";
import { Clock } from "./Time.tsx";

export function AnswerView({ answer, desk }: { answer: Answer; desk: Desk }) {
  const name = oneLine(nameOf(desk.agents.value, answer.from) ?? answer.from) || texts.someone;
  const isOpen = isBeingWritten(answer);
  return (
    <article class="answer" aria-label={name} aria-busy={isOpen}>
      <Avatar id={answer.from} name={name} />
      <div class="answer-body">
        <header>
          <strong>{name}</strong>
          {isOpen ? <span class="writing">{texts.writing}</span> : <Clock iso={answer.sentAt} desk={desk} />}
        </header>
        <Markdown text={textOf(answer)} />
        {answer.brokenOff && <p class="broken-off">{texts.brokenOff}</p>}
      </div>
    </article>
  );
}
