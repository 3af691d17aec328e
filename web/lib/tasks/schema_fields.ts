/**
 * Makes the fields of a form from the JSON schema of a task's parameters. An agent wrote the schema, so that anything
 * may be in it: what a form cannot ask for is asked for as JSON, one parameter alone or all of them.
 */
import { boundsOf, enumOf, isObject, type Scalar, type Schema, typeOf, wordOf } from "./schema_words.ts";

interface FieldHead {
  /** Names the field in the form: no word of the schema, which could be any. */
  key: string;
  /** The parameter's name. */
  name: string;
  label: string;
  description: string;
  isRequired: boolean;
}

/** What a form asks for. */
export type Field =
  & FieldHead
  & (
    | { kind: "text"; initial: string; isLong: boolean; shortest?: number; longest?: number }
    | { kind: "number"; initial: string; isWhole: boolean; bounds: Bounds }
    | { kind: "tick"; initial: boolean }
    | { kind: "choice"; options: readonly Scalar[]; initial: string }
    | { kind: "fixed"; value: Scalar }
    | { kind: "lines"; initial: string }
    | { kind: "json"; initial: string }
    | { kind: "group"; fields: readonly Field[] }
  );

export interface Bounds {
  least?: number;
  most?: number;
  above?: number;
  below?: number;
}

/** A form with more fields than that is none that a person fills in. */
const MOST_FIELDS = 60;
/** Words that make of a schema more than a list of properties. */
const BEYOND = [
  "$ref",
  "$dynamicRef",
  "allOf",
  "anyOf",
  "oneOf",
  "not",
  "if",
  "patternProperties",
  "dependentRequired",
  "dependentSchemas",
  "minProperties",
];

/** Gives the fields for all parameters, or undefined when they are better written as JSON. */
export function fieldsOf(schema: unknown): Field[] | undefined {
  if (!isObject(schema)) return undefined;
  const fields = propertiesOf(schema, { prefix: "f", mayNest: true });
  if (!fields || countOf(fields) > MOST_FIELDS) return undefined;
  return fields.length > 0 || schema.additionalProperties === false ? fields : undefined;
}

interface Place {
  prefix: string;
  mayNest: boolean;
}

function propertiesOf(schema: Schema, { prefix, mayNest }: Place): Field[] | undefined {
  if (BEYOND.some((word) => Object.hasOwn(schema, word))) return undefined;
  const { properties = {}, required = [] } = schema;
  if ((schema.type !== undefined && schema.type !== "object") || !isObject(properties)) return undefined;
  // Counted before anything is made of them.
  const names = Object.keys(properties);
  if (names.length > MOST_FIELDS || !Array.isArray(required)) return undefined;
  if (required.some((name) => typeof name !== "string" || !Object.hasOwn(properties, name))) return undefined;
  const needed = new Set(required);
  return names.map((name, at) =>
    fieldOf(properties[name], { name, key: `${prefix}-${at}`, isRequired: needed.has(name) }, mayNest)
  );
}

function fieldOf(
  schema: unknown,
  head: Pick<FieldHead, "key" | "name" | "isRequired">,
  mayNest: boolean,
): Field {
  const words = isObject(schema) ? schema : {};
  const full = { ...head, label: wordOf(words.title) || head.name, description: wordOf(words.description) };
  const simple = BEYOND.some((word) => Object.hasOwn(words, word)) ? undefined : simpleOf(words, full);
  const nested = mayNest && typeOf(words) === "object" ? groupOf(words, full) : undefined;
  return simple ?? nested ?? { ...full, kind: "json", initial: jsonOf(words.default) };
}

function simpleOf(words: Schema, head: FieldHead): Field | undefined {
  const fixed = words.const;
  if (Object.hasOwn(words, "const")) {
    return isObject(fixed) || Array.isArray(fixed)
      ? undefined
      : { ...head, kind: "fixed", value: fixed as Scalar };
  }
  if (Object.hasOwn(words, "enum")) return choiceOf(enumOf(words.enum), words.default, head);
  switch (typeOf(words)) {
    case "string":
      return textOf(words, head);
    case "number":
    case "integer":
      return numberOf(words, head);
    case "boolean":
      return tickOf(words, head);
    case "array":
      return linesOf(words, head);
  }
}

function textOf({ default: given, minLength, maxLength }: Schema, head: FieldHead): Field {
  const initial = typeof given === "string" ? given : "";
  const [shortest, longest] = [countOrNone(minLength), countOrNone(maxLength)];
  const isLong = initial.includes("\n") || (longest ?? 0) > 200;
  return { ...head, kind: "text", initial, isLong, shortest, longest };
}

function numberOf(words: Schema, head: FieldHead): Field {
  const initial = typeof words.default === "number" ? String(words.default) : "";
  return {
    ...head,
    kind: "number",
    initial,
    isWhole: typeOf(words) === "integer",
    bounds: boundsOf(words),
  };
}

/** Left open, a box says no, which is not the same as saying nothing. */
function tickOf({ default: given }: Schema, head: FieldHead): Field {
  if (head.isRequired || typeof given === "boolean") {
    return { ...head, kind: "tick", initial: given === true };
  }
  return { ...head, kind: "choice", options: [true, false], initial: "" };
}

function choiceOf(options: Scalar[] | undefined, given: unknown, head: FieldHead): Field | undefined {
  if (!options) return undefined;
  const at = options.findIndex((option) => option === given);
  return { ...head, kind: "choice", options, initial: at < 0 ? "" : String(at) };
}

function linesOf({ items, default: given }: Schema, head: FieldHead): Field | undefined {
  if (!isObject(items) || items.type !== "string" || Object.hasOwn(items, "enum")) return undefined;
  const isFit = Array.isArray(given) &&
    given.every((line) => typeof line === "string" && !/[\r\n]/.test(line));
  return { ...head, kind: "lines", initial: isFit ? given.join("\n") : "" };
}

function groupOf(words: Schema, head: FieldHead): Field | undefined {
  const fields = propertiesOf(words, { prefix: head.key, mayNest: false });
  return fields?.length ? { ...head, kind: "group", fields } : undefined;
}

function countOf(fields: readonly Field[]): number {
  return fields.reduce((sum, field) => sum + (field.kind === "group" ? field.fields.length : 1), 0);
}

function countOrNone(given: unknown): number | undefined {
  return Number.isSafeInteger(given) && given as number >= 0 ? given as number : undefined;
}

function jsonOf(given: unknown): string {
  return given === undefined ? "" : JSON.stringify(given, null, 2);
}
