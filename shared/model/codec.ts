/** From bytes to a message and back: the one place where a body is parsed and checked. */
import type { z } from "zod";
import { ParleyError } from "../error.ts";
import { type Message, messageSchema } from "./message.ts";
import { isPlainMessage } from "./quick_check.ts";

/** Fields that other people's forms use, and what they are called here (protocol, last paragraph of "HTTP"). */
const ALIASES = [
  ["from_agent", "sender_id"],
  ["to_agent", "receiver_id"],
  ["parent_message_id", "in_reply_to_message_id"],
] as const;

/** Other names of `send_timestamp`, the first that holds a text counts; a number in one has another meaning. */
const TIME_ALIASES = ["created_at", "timestamp"];

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Levels of lists and objects in a message: one nested without end could be read, and not be written again. */
const MOST_LEVELS = 100;

/**
 * Parses a body as a JSON object. Throws `invalid_json`, or `invalid_message` for JSON of another kind and for what is
 * nested deeper than 100 levels.
 */
export function parseJsonObject(body: string | Uint8Array): Record<string, unknown> {
  const value = parseJson(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ParleyError("invalid_message", "Expected one JSON object.");
  }
  requireShallow(value);
  return value as Record<string, unknown>;
}

/** Checks that what was parsed is nested at most 100 levels deep. Throws `invalid_message`. */
export function requireShallow(value: object): void {
  if (!isDeeper(value, MOST_LEVELS)) return;
  throw new ParleyError("invalid_message", `Lists and objects may be nested ${MOST_LEVELS} levels deep.`);
}

/** Goes `levels` deep at most, however deep the value is. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((each) => isDeeper(each, levels - 1));
  for (const name in value) {
    if (isDeeper((value as Record<string, unknown>)[name], levels - 1)) return true;
  }
  return false;
}

/** Parses a body as a message. Throws `invalid_json`, or `invalid_message` with the name of the field at fault. */
export function parseMessage(body: string | Uint8Array): Message {
  return toMessage(parseJsonObject(body));
}

/**
 * Checks an object as a message. The coordination library's names count where the message's own field is absent or
 * null. What stands inside `content` stays there: `fieldOf` reads it. Throws `invalid_message`.
 */
export function toMessage(value: Record<string, unknown>): Message {
  const message = withAliases(value);
  return isPlainMessage(message) ? message : check(messageSchema, message);
}

/** Checks `value` against `schema`. Throws `invalid_message` with the name of the first field at fault. */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join(".") || "message";
  throw new ParleyError(
    "invalid_message",
    `Field '${field}': ${(issue?.message ?? "invalid").replace(/\.$/, "")}.`,
  );
}

/** Writes a message as the JSON text that travels. */
export function encodeMessage(message: Message): string {
  return JSON.stringify(message);
}

/** Reads `name` from the message itself or, failing that, from its `content` (protocol, `content`). */
export function fieldOf(message: Message, name: string): unknown {
  return message[name] ?? message.content?.[name];
}

/** Copies a message without the fields that begin with an underscore, which no frontend sees. */
export function withoutInternal(message: Message): Message {
  const seen: Record<string, unknown> = {};
  for (const name of Object.keys(message)) if (!name.startsWith("_")) seen[name] = message[name];
  return seen as Message;
}

function parseJson(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === "string" ? body : decoder.decode(body));
  } catch (cause) {
    throw new ParleyError("invalid_json", "The text is not valid JSON.", { cause });
  }
}

function withAliases(value: Record<string, unknown>): Record<string, unknown> {
  let found: Record<string, unknown> | undefined;
  for (const [alias, name] of ALIASES) {
    if (!isMissing(value[alias]) && isMissing(value[name])) (found ??= {})[name] = value[alias];
  }
  if (isMissing(value.send_timestamp)) {
    const time = TIME_ALIASES.map((alias) => value[alias]).find((text) => typeof text === "string");
    if (time !== undefined) (found ??= {}).send_timestamp = time;
  }
  return found ? { ...value, ...found } : value;
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}
