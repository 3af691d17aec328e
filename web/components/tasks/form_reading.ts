/** Reads the form for a new task: what stands in it is the browser's until it is sent. */
import type { Values } from "../../lib/tasks/form_values.ts";
import type { Field } from "../../lib/tasks/schema_fields.ts";
import type { Given, Particulars } from "../../lib/tasks/submission.ts";

/** Reads the parameters; without fields they are JSON. */
export function givenIn(form: HTMLFormElement, fields: readonly Field[] | undefined): Given {
  return fields ? { fields, values: valuesIn(form, fields) } : { json: textIn(form, "json") };
}

export function valuesIn(form: HTMLFormElement, fields: readonly Field[]): Values {
  const data = new FormData(form);
  const all = fields.flatMap((field) => field.kind === "group" ? field.fields : [field]);
  return Object.fromEntries(
    all.map(({ key, kind }) => [key, kind === "tick" ? data.has(key) : String(data.get(key) ?? "")]),
  );
}

export function particularsIn(form: HTMLFormElement): Particulars {
  const other = textIn(form, "otherType");
  return {
    type: textIn(form, "type") || other,
    description: textIn(form, "description"),
    priority: textIn(form, "priority"),
    capabilities: new FormData(form).getAll("capability").map(String),
    otherCapabilities: textIn(form, "capabilities"),
    agent: textIn(form, "agent"),
    deadline: textIn(form, "deadline"),
    timeout: textIn(form, "timeout"),
    retries: textIn(form, "retries"),
  };
}

function textIn(form: HTMLFormElement, name: string): string {
  return String(new FormData(form).get(name) ?? "");
}
