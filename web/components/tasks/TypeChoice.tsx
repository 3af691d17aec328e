/** What shall be done: one of the types that agents announce, or another. */
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError, ask } from "../../lib/live/api.ts";
import type { Listed } from "../../lib/server/server_api.ts";
import type { Fault } from "../../lib/tasks/form_values.ts";
import type { TaskType } from "../../lib/tasks/submission.ts";
import { counted, fill } from "../../lib/texts/fill.ts";
import { shortLine } from "../../lib/ui/plain_text.ts";
import { failureText } from "../ui/action.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";
import { FaultLine, TextLine } from "./SchemaField.tsx";

/** What is known of the types: undefined while they are read. */
interface Types {
  items: readonly TaskType[] | undefined;
  failure?: string;
}

/** Reads the types that agents announce. A server that does not know of such a list has none. */
export function useTaskTypes(): Types {
  const common = useTexts("common");
  const [types, setTypes] = useState<Types>({ items: undefined });
  useEffect(() => {
    ask<Listed<TaskType>>("/api/task-types").then(
      ({ items }) => setTypes({ items }),
      (error) => {
        const isUnknown = error instanceof ApiError && error.status === 404;
        const failure = isUnknown ? undefined : failureText(error, { ...common, failed: "{reason}" });
        setTypes({ items: [], failure });
      },
    );
  }, []);
  return types;
}

interface ChoiceProps {
  types: Types;
  initial: string;
  fault: Fault | undefined;
  onChoose(type: TaskType | undefined): void;
}

export function TypeChoice({ types: { items, failure }, initial, fault, onChoose }: ChoiceProps) {
  const [t, common, language] = [useTexts("tasks"), useTexts("common"), useLanguage()];
  const [name, setName] = useState(initial);
  const frame = useRef<HTMLDivElement>(null);
  const choose = (next: string) => {
    setName(next);
    onChoose(items?.find(({ task_type }) => task_type === next));
  };
  useEffect(() => {
    if (!items) return;
    const isKnown = items.some(({ task_type }) => task_type === initial);
    choose(isKnown ? initial : initial ? "" : items[0]?.task_type ?? "");
    frame.current!.querySelector<HTMLElement>("select, input")?.focus();
  }, [items]);
  if (!items) return <p class="quiet" role="status">{common.loading}</p>;
  const type = items.find(({ task_type }) => task_type === name);
  const online = type?.agents.filter(({ is_online }) => is_online).length ?? 0;
  return (
    <div class="submit-type" ref={frame}>
      {items.length > 0 && (
        <label class="field">
          {t.types}
          <select name="type" value={name} onChange={(event) => choose(event.currentTarget.value)}>
            {items.map(({ task_type: each }) => <option key={each} value={each}>{shortLine(each)}</option>)}
            <option value="">{t.otherType}</option>
          </select>
        </label>
      )}
      {items.length === 0 && (
        <p class="quiet">{failure ? fill(t.typesUnread, { reason: failure }) : t.noTypes}</p>
      )}
      {!type && (
        <TextLine
          name="otherType"
          label={t.typeName}
          hint={t.typeHint}
          initial={initial}
          fault={fault}
          isRequired
        />
      )}
      {type && fault && <FaultLine id="type-fault" fault={fault} />}
      {type?.description && <p dir="auto">{shortLine(type.description, 500)}</p>}
      {type && <p class="quiet">{online > 0 ? counted(t.takenBy, online, language) : t.takenByNobody}</p>}
    </div>
  );
}
