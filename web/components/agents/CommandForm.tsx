/** Where a command is written; what will run is shown word by word before it does. */
import { useState } from "preact/hooks";
import {
  type CommandForm as Filled,
  type Fault,
  faultOf,
  type Kind,
  requestOf,
  wordsOf,
} from "../../lib/agents/command_request.ts";
import { fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useAction } from "../ui/action.ts";
import { Play } from "../ui/icons.tsx";
import { useTexts } from "../ui/Page.tsx";
import { WordList } from "./WordList.tsx";

interface CommandFormProps {
  /** What the agent carries out. */
  kinds: readonly string[];
  isOffline: boolean;
  /** Nothing can be sent now. */
  isAway: boolean;
  onRun: (request: Record<string, unknown>) => Promise<void>;
}

export function CommandForm({ kinds, isOffline, isAway, onRun }: CommandFormProps) {
  const t = useTexts("agents");
  const [form, setForm] = useState<Filled>({ kind: kinds[0]!, text: "", interpreter: "", timeout: "" });
  const [fault, setFault] = useState<Fault>();
  const action = useAction();
  const change = (part: Partial<Filled>) => {
    setForm({ ...form, ...part });
    setFault(undefined);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    const found = faultOf(form);
    setFault(found);
    if (found || isAway) return;
    const request = { ...requestOf(form), ...isOffline ? { if_offline: "wait" } : {} };
    await action.run(() => onRun(request));
  };
  return (
    <form class="card console-form" onSubmit={submit}>
      <div class="toolbar">
        <Kinds kinds={kinds} form={form} onChange={change} />
        <TextField form={form} onChange={change} fault={fault} />
        {form.kind === "script" && (
          <label class="field short">
            {t.interpreter}
            <input
              class="input"
              value={form.interpreter}
              placeholder="python3"
              autocomplete="off"
              spellcheck={false}
              onInput={({ currentTarget }) => change({ interpreter: currentTarget.value })}
            />
          </label>
        )}
        <label class="field short">
          {t.timeout}
          <input
            class="input"
            inputMode="decimal"
            value={form.timeout}
            autocomplete="off"
            aria-invalid={fault === "timeout" ? "true" : undefined}
            aria-describedby={fault === "timeout" ? "console-fault" : undefined}
            onInput={({ currentTarget }) => change({ timeout: currentTarget.value.trim() })}
          />
        </label>
        <button type="submit" class="button primary" disabled={isAway}>
          <Play /> {isOffline ? t.leave : t.run}
        </button>
      </div>
      {form.kind === "program" && <Words line={form.text} />}
      {fault && <p id="console-fault" class="failure-line" role="alert">{t.faults[fault]}</p>}
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
      {isAway ? <p class="quiet">{t.away}</p> : isOffline && <p class="quiet">{t.offline}</p>}
    </form>
  );
}

interface FieldProps {
  form: Filled;
  onChange: (part: Partial<Filled>) => void;
}

function Kinds({ kinds, form, onChange }: FieldProps & { kinds: readonly string[] }) {
  const t = useTexts("agents");
  const words: Readonly<Record<string, string>> = t.kinds;
  return (
    <label class="field">
      {t.kind}
      <select value={form.kind} onChange={({ currentTarget }) => onChange({ kind: currentTarget.value })}>
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {Object.hasOwn(words, kind)
              ? words[kind]
              : fill(t.function, { name: oneLine(kind).slice(0, 60) })}
          </option>
        ))}
      </select>
    </label>
  );
}

function TextField({ form: { kind, text }, onChange, fault }: FieldProps & { fault: Fault | undefined }) {
  const t = useTexts("agents");
  const isInvalid = fault !== undefined && fault !== "timeout";
  const field = {
    class: "input mono",
    id: "console-text",
    value: text,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: false,
    dir: "ltr",
    "aria-invalid": isInvalid ? "true" as const : undefined,
    "aria-describedby": isInvalid ? "console-fault" : undefined,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
      onChange({ text: currentTarget.value }),
  } as const;
  const isLong = kind === "script" || !Object.hasOwn(t.kinds, kind);
  return (
    <label class="field wide">
      {kind === "script" || kind === "line" || kind === "program" ? t[kind as Kind] : t.input}
      {isLong
        ? <textarea rows={kind === "script" ? 5 : 2} {...field} />
        : <input {...field} placeholder={kind === "program" ? "df -h /" : "df -h | sort"} />}
    </label>
  );
}

function Words({ line }: { line: string }) {
  const t = useTexts("agents");
  const words = wordsOf(line) ?? [];
  // One plain word hides nothing.
  if (words.length < 2) return null;
  return (
    <div class="words-line">
      <span class="quiet" id="console-words">{t.words}</span>
      <WordList words={words} labelledBy="console-words" />
    </div>
  );
}
