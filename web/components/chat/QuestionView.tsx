/** What a person wrote, and where it is on its way. */
import type { Desk } from "../../lib/chat/desk.ts";
import type { Question } from "../../lib/chat/entry.ts";
import { RANK, wasDelivered } from "../../lib/chat/chat.ts";
import { inert, oneLine } from "../../lib/ui/plain_text.ts";
import { nameOf } from "../../lib/live/roster.ts";
import { Alert, Check, Retry } from "../ui/icons.tsx";
import { fill } from "../../lib/texts/fill.ts";
import { useTexts } from "../ui/Page.tsx";
import { Clock } from "../ui/Time.tsx";

interface QuestionProps {
  question: Question;
  desk: Desk;
}

export function QuestionView({ question, desk }: QuestionProps) {
  const t = useTexts("chat");
  return (
    <article class="question" data-way={question.way} aria-label={t.you}>
      <p class="bubble" dir="auto">{inert(question.text)}</p>
      <div class="below">
        {question.way === "failed"
          ? <Failure question={question} desk={desk} />
          : <Track question={question} desk={desk} />}
        <Clock iso={question.sentAt} />
      </div>
    </article>
  );
}

/** The steps that were made so far. */
function Track({ question, desk }: QuestionProps) {
  const t = useTexts("chat");
  const made = RANK[question.way];
  const name = oneLine(nameOf(desk.agents.value, question.to) ?? question.to ?? "");
  const steps = [t.pending, name ? fill(t.routedTo, { name }) : t.routed, t.delivered].slice(0, made);
  return (
    <ol class="way" aria-label={t.way}>
      {made === 0 && <li>{t.waiting}</li>}
      {steps.map((step, index) => <li key={index}>{index === 2 && <Check />}{step}</li>)}
    </ol>
  );
}

function Failure({ question, desk }: QuestionProps) {
  const t = useTexts("chat");
  return (
    <div class="failure">
      <Alert />
      <p>
        <strong>{wasDelivered(desk.chat.value, question) ? t.unanswered : t.failed}</strong>{" "}
        {oneLine(question.reason ?? "")}
      </p>
      <button type="button" class="button" onClick={() => desk.again(question)}>
        <Retry /> {t.again}
      </button>
    </div>
  );
}
