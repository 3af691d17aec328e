/** The form for a new task, made of what agents announce. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { newId } from "../../lib/chat/new_id.ts";
import { ApiError, ask } from "../../lib/live/api.ts";
import { patiently } from "../../lib/live/patiently.ts";
import type { TaskFilter } from "../../lib/tasks/filter.ts";
import type { Faults } from "../../lib/tasks/form_values.ts";
import { fieldsOf } from "../../lib/tasks/schema_fields.ts";
import { submissionOf, type TaskType } from "../../lib/tasks/submission.ts";
import type { TaskItem } from "../../lib/tasks/task_item.ts";
import { counted } from "../../lib/texts/fill.ts";
import { useAction } from "../ui/action.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";
import { givenIn, particularsIn } from "./form_reading.ts";
import { MoreFields } from "./MoreFields.tsx";
import { ParameterFields } from "./ParameterFields.tsx";
import { TextArea } from "./SchemaField.tsx";
import { TypeChoice, useTaskTypes } from "./TypeChoice.tsx";

interface DialogProps {
  isOpen: boolean;
  agents: readonly AgentInfo[];
  /** What the list is narrowed to is a good guess at what is wanted. */
  filter: TaskFilter;
  onClose: () => void;
}

export function SubmitDialog({ isOpen, agents, filter, onClose }: DialogProps) {
  const t = useTexts("tasks");
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current!.showModal();
  }, [isOpen]);
  return (
    <dialog class="dialog submit-dialog" ref={dialog} onClose={onClose} aria-labelledby="submit-title">
      <h2 id="submit-title">{t.new}</h2>
      <SubmitForm agents={agents} filter={filter} onCancel={() => dialog.current!.close()} />
    </dialog>
  );
}

const submit = (body: unknown) => patiently(() => ask<TaskItem>("/api/tasks", { method: "POST", body }));

interface FormProps {
  agents: readonly AgentInfo[];
  filter: TaskFilter;
  onCancel: () => void;
}

function SubmitForm({ agents, filter, onCancel }: FormProps) {
  const [t, common, language, action] = [
    useTexts("tasks"),
    useTexts("common"),
    useLanguage(),
    useAction(),
  ];
  const form = useRef<HTMLFormElement>(null);
  // One for each form: sent twice, by a double click or after a lost connection, it is one task.
  const key = useRef(newId("form"));
  const types = useTaskTypes();
  const [type, setType] = useState<TaskType>();
  const [isJson, setJson] = useState(false);
  const [faults, setFaults] = useState<Faults>({});
  const [isSentBefore, setSentBefore] = useState(false);
  const fields = useMemo(() => fieldsOf(type?.parameters_schema), [type]);

  const send = async () => {
    const given = givenIn(form.current!, isJson ? undefined : fields);
    const made = submissionOf(particularsIn(form.current!), given, key.current);
    setFaults("faults" in made ? made.faults : {});
    setSentBefore(false);
    if ("faults" in made) return;
    await action.run(async () => {
      const task = await submit(made.body).catch((error) => {
        setSentBefore(error instanceof ApiError && error.status === 409);
        throw error;
      });
      location.assign(`/tasks/${encodeURIComponent(task.task_id)}`);
      // The button stays busy until the other page is there.
      await new Promise(() => {});
    });
  };
  const sendAnother = () => {
    key.current = newId("form");
    return send();
  };
  useEffect(() => {
    form.current!.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [faults]);

  const count = Object.keys(faults).length;
  return (
    <form
      ref={form}
      class="submit-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TypeChoice types={types} initial={filter.type} fault={faults.type} onChoose={setType} />
      <TextArea name="description" label={t.description} note={t.optional} rows={2} />
      <ParameterFields
        key={type?.task_type ?? ""}
        fields={fields}
        faults={faults}
        isJson={isJson}
        onJson={setJson}
      />
      <MoreFields agents={agents} initialAgent={filter.agent} faults={faults} />
      <div role="alert">
        {count > 0 && <p class="failure-line">{counted(t.someFaults, count, language)}</p>}
        {action.failure && <p class="failure-line">{isSentBefore ? t.alreadySent : action.failure}</p>}
      </div>
      <p class="dialog-buttons">
        {isSentBefore && <button type="button" class="button" onClick={sendAnother}>{t.sendAnother}</button>}
        <button type="button" class="button" onClick={onCancel}>{common.cancel}</button>
        <button type="submit" class="button primary" disabled={action.isBusy}>
          {action.isBusy ? t.submitting : t.submit}
        </button>
      </p>
    </form>
  );
}
