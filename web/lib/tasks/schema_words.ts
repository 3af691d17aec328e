/** Reads single words of a JSON schema that anybody may have written; what is odd counts as not said. */
import type { Bounds } from "./schema_fields.ts";

export type Schema = Record<string, unknown>;
export type Scalar = string | number | boolean | null;

const LONGEST_WORD = 500;
const MOST_OPTIONS = 500;

export function isObject(given: unknown): given is Schema {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}

/** Gives the type; the other one where the only alternative is null. */
export function typeOf({ type }: Schema): unknown {
  if (!Array.isArray(type)) return type;
  const others = type.filter((word) => word !== "null");
  return others.length === 1 ? others[0] : undefined;
}

/** Gives a text of the schema, cut: it stands beside a field. */
export function wordOf(given: unknown): string {
  return typeof given === "string" ? given.slice(0, LONGEST_WORD) : "";
}

/** Gives the values to choose from, or undefined where no list can show them. */
export function enumOf(given: unknown): Scalar[] | undefined {
  if (!Array.isArray(given) || given.length === 0 || given.length > MOST_OPTIONS) return undefined;
  return given.some((value) => typeof value === "object" && value !== null) ? undefined : given;
}

export function boundsOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): Bounds {
  const bounds = { least: minimum, most: maximum, above: exclusiveMinimum, below: exclusiveMaximum };
  return Object.fromEntries(Object.entries(bounds).filter(([, bound]) => typeof bound === "number"));
}
