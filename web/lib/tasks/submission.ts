/** What the form asks for, as the server is asked. */
import { parametersOf, parametersOfJson, type Values } from "./form_values.ts";
import type { Fault, Faults } from "./form_values.ts";
import type { Field } from "./schema_fields.ts";

/** A type of tasks that agents announced. */
export interface TaskType {
  task_type: string;
  description?: string | null;
  parameters_schema: unknown;
  agents: { agent_id: string; agent_name: string; is_online: boolean }[];
}

/** The fields that every task has, as they are written. */
export interface Particulars {
  type: string;
  description: string;
  priority: string;
  capabilities: readonly string[];
  otherCapabilities: string;
  agent: string;
  deadline: string;
  timeout: string;
  retries: string;
}

/** How the parameters are given: field by field, or as one JSON text. */
export type Given = { fields: readonly Field[]; values: Values } | { json: string };

export type Submission = { body: Record<string, unknown> } | { faults: Faults };

/** The limits that the server has. */
const LONGEST_TIMEOUT_S = 30 * 86_400;
const MOST_RETRIES = 100;

/** Makes the request; `key` makes it one task, however often it is sent. */
export function submissionOf(particulars: Particulars, given: Given, key: string): Submission {
  const made = "fields" in given
    ? parametersOf(given.fields, given.values)
    : parametersOfJson("json", given.json);
  const faults = { ..."faults" in made ? made.faults : {}, ...faultsOf(particulars) };
  if (Object.keys(faults).length > 0 || "faults" in made) return { faults };
  const { type, description, priority, agent, deadline, timeout, retries } = particulars;
  const body = {
    task_type: type.trim(),
    description: description.trim(),
    parameters: made.parameters,
    priority: Number(priority),
    required_capabilities: capabilitiesOf(particulars),
    preferred_agent: agent || undefined,
    deadline: deadline ? new Date(deadline).toISOString() : undefined,
    timeout_s: timeout ? Number(timeout) : undefined,
    max_retries: retries ? Number(retries) : undefined,
    idempotency_key: key,
  };
  return { body };
}

function faultsOf({ type, deadline, timeout, retries }: Particulars): Faults {
  const found: Record<string, Fault | undefined> = {
    type: type.trim() === "" ? { what: "required" } : undefined,
    deadline: deadline && isNaN(Date.parse(deadline)) ? { what: "required" } : undefined,
    timeout: timeout ? limited(timeout, { above: 0, most: LONGEST_TIMEOUT_S }) : undefined,
    retries: retries ? limited(retries, { above: -1, most: MOST_RETRIES, isWhole: true }) : undefined,
  };
  return Object.fromEntries(
    Object.entries(found).filter((pair): pair is [string, Fault] => Boolean(pair[1])),
  );
}

function limited(
  text: string,
  { above, most, isWhole }: { above: number; most: number; isWhole?: boolean },
): Fault | undefined {
  const value = Number(text);
  if (isNaN(value)) return { what: "number" };
  if (isWhole && !Number.isInteger(value)) return { what: "whole" };
  if (value <= above) return isWhole ? { what: "least", limit: above + 1 } : { what: "above", limit: above };
  if (value > most) return { what: "most", limit: most };
}

function capabilitiesOf({ capabilities, otherCapabilities }: Particulars): string[] {
  const others = otherCapabilities.split(",").map((word) => word.trim()).filter((word) => word !== "");
  return [...new Set([...capabilities, ...others])];
}
