/** Makes a task's parameters of what somebody filled in, or says of each field what is wrong with it. */
import { jsonFault } from "./json_fault.ts";
import type { Bounds, Field } from "./schema_fields.ts";

/** By the key of the field; a box that is ticked is true. */
export type Values = Readonly<Record<string, string | boolean>>;

export interface Fault {
  what:
    | "required"
    | "number"
    | "whole"
    | "exact"
    | "least"
    | "most"
    | "above"
    | "below"
    | "short"
    | "long"
    | "json"
    | "early"
    | "object";
  limit?: number;
  line?: number;
  column?: number;
}

/** By the key of the field. */
export type Faults = Readonly<Record<string, Fault>>;

export type Made = { parameters: Record<string, unknown> } | { faults: Faults };

/** What came of a field: a value, nothing (it was left open), or a fault. */
type Outcome = { value: unknown } | { fault: Fault } | undefined;

/** Reads all fields. What was left open is left out. */
export function parametersOf(fields: readonly Field[], values: Values): Made {
  const faults: Record<string, Fault> = {};
  const parameters = read(fields, values, faults);
  return Object.keys(faults).length > 0 ? { faults } : { parameters };
}

/** Reads what can be read already. */
export function writtenSoFar(fields: readonly Field[], values: Values): Record<string, unknown> {
  return read(fields, values, {});
}

/** Reads parameters that were written as JSON; the fault is that of the field `key`. Nothing at all means none. */
export function parametersOfJson(key: string, text: string): Made {
  if (text.trim() === "") return { parameters: {} };
  const outcome = jsonOf(text);
  if (outcome && "fault" in outcome) return { faults: { [key]: outcome.fault } };
  const value = outcome?.value;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject
    ? { parameters: value as Record<string, unknown> }
    : { faults: { [key]: { what: "object" } } };
}

/** Gives what a form is filled in with before anybody has. */
export function initialValues(fields: readonly Field[]): Values {
  return Object.fromEntries(fields.flatMap((field) => {
    if (field.kind === "group") return Object.entries(initialValues(field.fields));
    return field.kind === "fixed" ? [] : [[field.key, field.initial]];
  }));
}

function read(fields: readonly Field[], values: Values, faults: Record<string, Fault>) {
  const made = fields.flatMap((field): [string, unknown][] => {
    const outcome = field.kind === "group" ? groupOf(field, values, faults) : outcomeOf(field, values);
    if (outcome && "value" in outcome) return [[field.name, outcome.value]];
    if (outcome) faults[field.key] = outcome.fault;
    else if (field.isRequired && field.kind !== "group") faults[field.key] = { what: "required" };
    return [];
  });
  // Each becomes a property of its own, whatever its name: an assignment to "__proto__" would not.
  return Object.fromEntries(made);
}

function groupOf(
  { fields, isRequired }: Field & { kind: "group" },
  values: Values,
  faults: Record<string, Fault>,
): Outcome {
  if (!isRequired && !fields.some((field) => isFilledIn(field, values))) return undefined;
  return { value: read(fields, values, faults) };
}

function isFilledIn({ kind, key }: Field, values: Values): boolean {
  const value = values[key];
  return kind !== "fixed" && (typeof value === "string" ? value.trim() !== "" : value === true);
}

function outcomeOf(field: Exclude<Field, { kind: "group" }>, values: Values): Outcome {
  const given = values[field.key];
  if (field.kind === "fixed") return { value: field.value };
  if (field.kind === "tick") return { value: given === true };
  const text = typeof given === "string" ? given : "";
  if (text.trim() === "") return field.kind === "lines" && field.isRequired ? { value: [] } : undefined;
  switch (field.kind) {
    case "text":
      return textOf(text, field);
    case "number":
      return numberOf(text.trim(), field);
    case "choice":
      return /^\d+$/.test(text) && Number(text) < field.options.length
        ? { value: field.options[Number(text)] }
        : undefined;
    case "lines":
      return { value: text.split(/\r?\n/).filter((line) => line.trim() !== "") };
    case "json":
      return jsonOf(text);
  }
}

/** A length is counted as JSON Schema does: in characters, not in halves of them. */
function textOf(text: string, { shortest, longest }: Field & { kind: "text" }): Outcome {
  const length = [...text].length;
  if (shortest !== undefined && length < shortest) return { fault: { what: "short", limit: shortest } };
  if (longest !== undefined && length > longest) return { fault: { what: "long", limit: longest } };
  return { value: text };
}

function numberOf(text: string, { isWhole, bounds }: Field & { kind: "number" }): Outcome {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return { fault: { what: "number" } };
  const value = Number(text);
  if (isWhole && !Number.isInteger(value)) return { fault: { what: "whole" } };
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
    return { fault: { what: "exact" } };
  }
  const fault = outside(value, bounds);
  return fault ? { fault } : { value };
}

function outside(value: number, { least, most, above, below }: Bounds): Fault | undefined {
  if (least !== undefined && value < least) return { what: "least", limit: least };
  if (most !== undefined && value > most) return { what: "most", limit: most };
  if (above !== undefined && value <= above) return { what: "above", limit: above };
  if (below !== undefined && value >= below) return { what: "below", limit: below };
}

function jsonOf(text: string): Outcome {
  const fault = jsonFault(text);
  return fault ? { fault } : { value: JSON.parse(text) };
}
