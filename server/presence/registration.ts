/** What a peer says of itself when it registers, checked at one place for every edge. */
import { ParleyError } from "../../shared/error.ts";
import { MOST_ATTRIBUTE_BYTES, MOST_ATTRIBUTES } from "../../shared/model/agent.ts";
import {
  LONGEST_TASK_DESCRIPTION,
  MOST_TASK_SCHEMA_BYTES,
  TASK_DESCRIPTION_PREFIX,
  TASK_SCHEMA_PREFIX,
} from "../../shared/model/task.ts";

/** What an agent says when it registers. */
export interface AgentRegistration {
  /** Its own choice of id; made by the server when absent or empty. */
  agentId?: string;
  agentName: string;
  version?: string;
  capabilities?: string[];
  attributes?: Record<string, string>;
  hostname?: string;
  platform?: string;
  agentRole?: string;
  /** How many tasks it takes at once, 1–10,000; 1 when absent or 0. */
  maxConcurrentTasks?: number;
  /** Whether it opens a stream next; without one it is then gone. Default false: it may live by heartbeats. */
  opensStream?: boolean;
  connectionType: "grpc" | "websocket";
  /** Whether it reads `agent_queue_<id>` itself, or is sent its messages over its socket. */
  delivery: "queue" | "websocket";
  /** The key of an earlier registration, to take the id again while that one's connection still stands. */
  sessionKey?: string;
}

/** A checked registration: nothing optional is left but the id and the key. */
export interface Registration {
  agentId: string | undefined;
  agentName: string;
  version: string;
  capabilities: string[];
  attributes: Record<string, string>;
  hostname: string;
  platform: string;
  role: string;
  maxConcurrentTasks: number;
  opensStream: boolean;
  connectionType: "grpc" | "websocket";
  delivery: "queue" | "websocket";
  sessionKey: string | undefined;
}

/** Line breaks, terminal escapes, and what turns the direction of the text that follows a name. */
const MISLEADING = /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u;
const MISLEADING_ALL = new RegExp(`(?:${MISLEADING.source})+`, "gu");
const LONGEST_TEXT = 200;
const MOST_CAPABILITIES = 100;
const MOST_METRICS = 100;
const MOST_METRIC_BYTES = 16 * 1024;
const MOST_TASKS = 10_000;
const encoder = new TextEncoder();

/** Checks what an agent says of itself. Throws `invalid_message` naming the protocol's field at fault. */
export function checkRegistration(given: AgentRegistration): Registration {
  return {
    agentId: given.agentId,
    agentName: requireName("agent_name", given.agentName),
    version: lineOf("version", given.version),
    capabilities: capabilitiesOf(given.capabilities ?? []),
    attributes: attributesOf(given.attributes ?? {}),
    hostname: lineOf("hostname", given.hostname),
    platform: lineOf("platform", given.platform),
    role: shown("agent_role", checkText("agent_role", given.agentRole)),
    maxConcurrentTasks: tasksOf(given.maxConcurrentTasks || 1),
    opensStream: given.opensStream ?? false,
    connectionType: given.connectionType,
    delivery: given.delivery,
    sessionKey: given.sessionKey,
  };
}

/** Checks a name: 1–200 characters that are not all spaces, none of them a control. Gives it without spaces at its ends. */
export function requireName(field: string, given: unknown): string {
  const name = checkText(field, given).trim();
  if (name === "") throw fault(field, "a name is required.");
  return shown(field, name);
}

/** Checks what a peer says of itself and may leave out: at most 200 characters. Gives it on one line. */
export function lineOf(field: string, given: unknown): string {
  return oneLine(checkText(field, given));
}

function shown(field: string, given: string): string {
  if (!MISLEADING.test(given)) return given;
  throw fault(field, "control characters and changes of the text's direction are not allowed.");
}

/**
 * Checks figures that a peer tells of itself: at most 100 texts, each with a name of at most 200 characters. Throws
 * `invalid_message` naming the one at fault, and `too_large` when all of them together have more than 16 KiB.
 */
export function checkMetrics(given: unknown): Record<string, string> {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object" || Array.isArray(given)) {
    throw fault("metrics", "expected an object of texts.");
  }
  const entries = Object.entries(given);
  if (entries.length > MOST_METRICS) throw fault("metrics", `allowed are ${MOST_METRICS}.`);
  let bytes = 0;
  for (const [name, value] of entries) {
    checkText("metrics", name);
    if (typeof value !== "string") {
      const isSimple = typeof value === "number" || typeof value === "boolean";
      throw fault(`metrics.${name}`, isSimple ? `expected a text; send "${value}".` : "expected a text.");
    }
    bytes += encoder.encode(name).length + encoder.encode(value).length;
  }
  if (bytes <= MOST_METRIC_BYTES) return given as Record<string, string>;
  throw new ParleyError(
    "too_large",
    `Field 'metrics': allowed are ${MOST_METRIC_BYTES} bytes; these are ${bytes}.`,
  );
}

/** Puts a space where a text has controls, or what turns its direction: peers mean no harm by a line's end. */
export function oneLine(text: string): string {
  return text.replace(MISLEADING_ALL, " ").trim();
}

/** Checks a text: at most 200 characters, or as many as are said; nothing is an empty one. */
export function checkText(field: string, given: unknown, longest = LONGEST_TEXT): string {
  if (given === undefined || given === null) return "";
  if (typeof given !== "string") throw fault(field, "expected a text.");
  if (given.length > longest) throw fault(field, `allowed are ${longest} characters.`);
  return given;
}

function capabilitiesOf(given: string[]): string[] {
  if (given.length > MOST_CAPABILITIES) throw fault("capabilities", `allowed are ${MOST_CAPABILITIES}.`);
  return [...new Set(given.map((name) => requireName("capabilities", name)))];
}

function attributesOf(given: Record<string, string>): Record<string, string> {
  const entries = Object.entries(given);
  if (entries.length > MOST_ATTRIBUTES) throw fault("capabilities", `allowed are ${MOST_ATTRIBUTES}.`);
  const checked = entries.map(([name, value]): [string, string] => [
    requireName("capabilities", name),
    oneLine(checkText("capabilities", value, longestOf(name))),
  ]);
  const tooLong = checked.find(([name, value]) =>
    name.startsWith(TASK_SCHEMA_PREFIX) && bytesOf(value) > MOST_TASK_SCHEMA_BYTES
  );
  if (tooLong) throw fault("capabilities", `allowed are ${MOST_TASK_SCHEMA_BYTES} bytes of '${tooLong[0]}'.`);
  const bytes = checked.reduce((sum, pair) => sum + bytesOf(pair.join("")), 0);
  if (bytes <= MOST_ATTRIBUTE_BYTES) return Object.fromEntries(checked);
  throw new ParleyError(
    "too_large",
    `Field 'capabilities': allowed are ${MOST_ATTRIBUTE_BYTES} bytes; these are ${bytes}.`,
  );
}

function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

/** What is said of tasks may be longer than other attributes: forms are made of it. */
function longestOf(attribute: string): number {
  if (attribute.startsWith(TASK_SCHEMA_PREFIX)) return MOST_TASK_SCHEMA_BYTES;
  return attribute.startsWith(TASK_DESCRIPTION_PREFIX) ? LONGEST_TASK_DESCRIPTION : LONGEST_TEXT;
}

function tasksOf(given: number): number {
  if (Number.isInteger(given) && given >= 1 && given <= MOST_TASKS) return given;
  throw fault("max_concurrent_tasks", `allowed is a whole number, 1 to ${MOST_TASKS}.`);
}

function fault(field: string, what: string): ParleyError {
  return new ParleyError("invalid_message", `Field '${field}': ${what}`);
}
