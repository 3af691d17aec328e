/** What a person wrote, where it is on its way, and what can be done about it. */
import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { RANK, wasDelivered } from "../../lib/chat/chat.ts";
import type { Desk } from "../../lib/chat/desk.ts";
import type { Question } from "../../lib/chat/entry.ts";
import type { TextFile } from "../../lib/chat/text_file.ts";
import { fill } from "../../lib/texts/fill.ts";
import { inert, oneLine } from "../../lib/ui/plain_text.ts";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Alert, Check, Clip, Retry } from "../ui/icons.tsx";
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
      {question.files.map((file) => <FileView key={file.name} file={file} />)}
      {question.text && <p class="bubble" dir="auto">{inert(question.text)}</p>}
      <div class="below">
        {question.way === "failed"
          ? <Failure question={question} desk={desk} />
          : <Track question={question} desk={desk} />}
        <Clock iso={question.sentAt} />
        <VersionSwitch question={question} desk={desk} />
        <span class="actions">
          <CopyButton text={question.text} />
        </span>
      </div>
    </article>
  );
}

/** A file stays folded until somebody wants to see it: it may be long. */
function FileView({ file }: { file: TextFile }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class="file"
      onToggle={(event) => setOpen((event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>
        <Clip /> <bdi>{oneLine(file.name)}</bdi>
      </summary>
      {isOpen && <pre dir="auto" tabIndex={0}>{inert(file.text)}</pre>}
    </details>
  );
}

/** The steps that were made so far. */
function Track({ question, desk }: QuestionProps) {
  const t = useTexts("chat");
  const made = RANK[question.way];
  const name = desk.names.value.get(question.to ?? "") ?? question.to;
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
  const reachedAgent = useComputed(() => wasDelivered(desk.chat.value, question)).value;
  return (
    <div class="failure">
      <Alert />
      <p>
        <strong>{reachedAgent ? t.unanswered : t.failed}</strong> {oneLine(question.reason ?? "")}
      </p>
      <button type="button" class="button" onClick={() => desk.again(question)}>
        <Retry /> {t.again}
      </button>
    </div>
  );
}

/** Goes through what was asked and answered in this place before. */
function VersionSwitch({ question, desk }: QuestionProps) {
  const t = useTexts("chat");
  const versions = useComputed(() => desk.versions.value.get(question.id)).value;
  if (!versions) return null;
  const { root, ids } = versions;
  const at = ids.indexOf(question.id);
  const step = (by: number, sign: string, label: string) => (
    <button
      type="button"
      class="copy"
      aria-label={label}
      disabled={!ids[at + by]}
      onClick={() => desk.choose(root, ids[at + by]!)}
    >
      {sign}
    </button>
  );
  return (
    <span class="versions">
      {step(-1, "‹", t.olderVersion)}
      <span aria-label={fill(t.version, { at: at + 1, count: ids.length })}>{at + 1}/{ids.length}</span>
      {step(1, "›", t.newerVersion)}
    </span>
  );
}
