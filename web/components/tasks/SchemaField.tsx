/** Fields of a form, each with its name, what it is for, and what is wrong with it. */
import type { ComponentChildren } from "preact";
import type { Fault } from "../../lib/tasks/form_values.ts";
import type { Field } from "../../lib/tasks/schema_fields.ts";
import type { Scalar } from "../../lib/tasks/schema_words.ts";
import { fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";

type Single = Exclude<Field, { kind: "group" }>;

interface SchemaFieldProps {
  field: Single;
  fault: Fault | undefined;
}

/** A parameter that a schema describes. */
export function SchemaField({ field, fault }: SchemaFieldProps) {
  const t = useTexts("tasks");
  const { key, kind, isRequired } = field;
  const hint = oneLine(field.description);
  const head = { name: key, label: oneLine(field.label) || "?", hint, fault, isRequired };
  switch (kind) {
    case "fixed":
      return (
        <p class="field">
          {head.label}
          <code dir="auto">{scalarText(field.value)}</code>
        </p>
      );
    case "tick":
      return <Tick {...head} initial={field.initial} />;
    case "choice":
      return <Choice {...head} options={field.options} initial={field.initial} />;
    case "number":
      return <TextLine {...head} initial={field.initial} inputMode={field.isWhole ? "numeric" : "decimal"} />;
    case "text":
      return field.isLong
        ? <TextArea {...head} initial={field.initial} rows={4} />
        : <TextLine {...head} initial={field.initial} />;
    case "lines":
      return <TextArea {...head} initial={field.initial} rows={3} hint={joined(hint, t.lines)} />;
    case "json":
      return <TextArea {...head} initial={field.initial} rows={4} hint={joined(hint, t.json)} isCode />;
  }
}

interface HeadProps {
  name: string;
  label: string;
  hint?: string;
  fault?: Fault | undefined;
  isRequired?: boolean;
}

interface TextProps extends HeadProps {
  initial?: string;
}

/** What every input says of itself to whoever cannot see it. */
function spoken({ name, hint, fault, isRequired = false }: HeadProps) {
  const described = [hint && `${name}-hint`, fault && `${name}-fault`].filter(Boolean).join(" ");
  return {
    id: name,
    name,
    required: isRequired,
    "aria-invalid": fault !== undefined,
    "aria-describedby": described || undefined,
  };
}

export function TextLine({ initial = "", inputMode, type = "text", ...head }: TextProps & {
  inputMode?: "numeric" | "decimal";
  type?: string;
}) {
  return (
    <Labelled {...head}>
      <input
        class="input"
        type={type}
        inputMode={inputMode}
        defaultValue={initial}
        autocomplete="off"
        dir="auto"
        {...spoken(head)}
      />
    </Labelled>
  );
}

export function TextArea({ initial = "", rows, isCode = false, note, ...head }: TextProps & {
  rows: number;
  isCode?: boolean;
  note?: string;
}) {
  return (
    <Labelled {...head} note={note}>
      <textarea
        class={isCode ? "input code-input" : "input"}
        rows={rows}
        defaultValue={initial}
        spellcheck={isCode ? false : undefined}
        dir={isCode ? "ltr" : "auto"}
        {...spoken(head)}
      />
    </Labelled>
  );
}

function Tick({ initial, ...head }: HeadProps & { initial: boolean }) {
  const { required: _, ...attributes } = spoken(head);
  return (
    <div class="field tick">
      <label>
        <input type="checkbox" defaultChecked={initial} {...attributes} />
        <span dir="auto">{head.label}</span>
      </label>
      <Below {...head} />
    </div>
  );
}

function Choice({ options, initial, ...head }: HeadProps & { options: readonly Scalar[]; initial: string }) {
  const t = useTexts("tasks");
  const text = (option: Scalar) => typeof option === "boolean" ? option ? t.yes : t.no : scalarText(option);
  return (
    <Labelled {...head}>
      <select {...spoken(head)}>
        <option value="" selected={initial === ""}>{t.notSaid}</option>
        {options.map((option, at) => (
          <option key={at} value={String(at)} selected={String(at) === initial}>{text(option)}</option>
        ))}
      </select>
    </Labelled>
  );
}

function Labelled({ children, note, ...head }: HeadProps & { children: ComponentChildren; note?: string }) {
  return (
    <div class="field">
      <label for={head.name}>
        <span dir="auto">{head.label}</span>
        {head.isRequired && <span class="needed" aria-hidden="true">*</span>}
        {note && <span>{` (${note})`}</span>}
      </label>
      {children}
      <Below {...head} />
    </div>
  );
}

function Below({ name, hint, fault }: HeadProps) {
  return (
    <>
      {hint && <p id={`${name}-hint`} class="field-hint" dir="auto">{hint}</p>}
      {fault && <FaultLine id={`${name}-fault`} fault={fault} />}
    </>
  );
}

/** Says what is wrong with a field. */
export function FaultLine({ id, fault }: { id: string; fault: Fault }) {
  const t = useTexts("tasks");
  const { what, limit, line, column } = fault;
  const text = what === "exact" && line === undefined ? t.faults.exactField : t.faults[what];
  return <p id={id} class="field-fault">{fill(text, { limit: limit!, line: line!, column: column! })}</p>;
}

const joined = (...parts: string[]) => parts.filter(Boolean).join(" · ");

function scalarText(value: Scalar): string {
  return oneLine(String(value)).slice(0, 200);
}
