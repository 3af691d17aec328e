/** What a person wrote, and where it is on its way. */
import type { Desk } from "../lib/desk.ts";
import type { Question } from "../lib/entry.ts";
import { RANK, wasDelivered } from "../lib/chat.ts";
import { inert, oneLine } from "../lib/plain_text.ts";
import { nameOf } from "../lib/roster.ts";
import { texts } from "../lib/texts.ts";
import { Alert, Check, Retry } from "./icons.tsx";
import { Clock } from "./Time.tsx";

interface QuestionProps {
  question: Question;
  desk: Desk;
}

export function QuestionView({ question, desk }: QuestionProps) {
  return (
    <article class="question" data-way={question.way} aria-label={texts.you}>
      <p class="bubble" dir="auto">{inert(question.text)}</p>
      <div class="below">
        {question.way === "failed"
          ? <Failure question={question} desk={desk} />
          : <Track question={question} desk={desk} />}
        <Clock iso={question.sentAt} desk={desk} />
      </div>
    </article>
  );
}

/** The steps that were made so far. */
function Track({ question, desk }: QuestionProps) {
  const made = RANK[question.way];
  const name = oneLine(nameOf(desk.agents.value, question.to) ?? question.to ?? "");
  const steps = [texts.pending, name ? texts.routedTo(name) : texts.routed, texts.delivered].slice(0, made);
  return (
    <ol class="way" aria-label={texts.way}>
      {made === 0 && <li>{texts.waiting}</li>}
      {steps.map((step, index) => <li key={index}>{index === 2 && <Check />}{step}</li>)}
    </ol>
  );
}

function Failure({ question, desk }: QuestionProps) {
  return (
    <div class="failure">
      <Alert />
      <p>
        <strong>{wasDelivered(desk.chat.value, question) ? texts.unanswered : texts.failed}</strong>{" "}
        {oneLine(question.reason ?? "")}
      </p>
      <button type="button" class="button" onClick={() => desk.again(question)}>
        <Retry /> {texts.again}
      </button>
    </div>
  );
}
