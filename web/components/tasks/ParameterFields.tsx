/** What the task is given: field by field where a schema says which, and as JSON for who likes that or has no schema. */
import { useRef, useState } from "preact/hooks";
import { type Faults, writtenSoFar } from "../../lib/tasks/form_values.ts";
import { jsonText } from "../../lib/tasks/json_shown.ts";
import type { Field } from "../../lib/tasks/schema_fields.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { valuesIn } from "./form_reading.ts";
import { SchemaField, TextArea } from "./SchemaField.tsx";

interface ParametersProps {
  fields: readonly Field[] | undefined;
  faults: Faults;
  isJson: boolean;
  onJson(isJson: boolean): void;
}

export function ParameterFields({ fields, faults, isJson, onJson }: ParametersProps) {
  const t = useTexts("tasks");
  const frame = useRef<HTMLFieldSetElement>(null);
  const [written, setWritten] = useState("");
  if (!fields) {
    return <TextArea name="json" label={t.parametersJson} rows={5} initial="" fault={faults.json} isCode />;
  }
  const toJson = () => {
    setWritten(jsonText(writtenSoFar(fields, valuesIn(frame.current!.form!, fields))));
    onJson(true);
  };
  return (
    <fieldset class="submit-parameters" ref={frame}>
      <legend>{t.parameters}</legend>
      <div class="submit-fields" hidden={isJson}>
        {fields.length === 0 && <p class="quiet">{t.noneNeeded}</p>}
        {fields.map((field) => <OneField key={field.key} field={field} faults={faults} />)}
      </div>
      {isJson && (
        <TextArea
          name="json"
          label={t.parametersJson}
          rows={8}
          initial={written}
          fault={faults.json}
          isCode
        />
      )}
      <p>
        <button type="button" class="link-button" onClick={isJson ? () => onJson(false) : toJson}>
          {isJson ? t.asForm : t.asJson}
        </button>
      </p>
    </fieldset>
  );
}

function OneField({ field, faults }: { field: Field; faults: Faults }) {
  if (field.kind !== "group") return <SchemaField field={field} fault={faults[field.key]} />;
  return (
    <fieldset class="submit-group">
      <legend dir="auto">{oneLine(field.label) || "?"}</legend>
      {field.description && <p class="field-hint" dir="auto">{oneLine(field.description)}</p>}
      {field.fields.map((each) =>
        each.kind !== "group" && <SchemaField key={each.key} field={each} fault={faults[each.key]} />
      )}
    </fieldset>
  );
}
