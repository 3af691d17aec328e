/**
 * Tells of most messages, many times faster than the schema could, that it would take them as they are: at each hop
 * the check would otherwise cost more than the parsing.
 */
import { type Message, messageSchema } from "./message.ts";

type Field = { safeParse(value: unknown): { success: boolean; data?: unknown } };

const FIELDS = messageSchema.shape as Record<string, Field>;

/** Fields that take any text, as the schema itself tells. */
const TEXTS = new Set(
  Object.keys(FIELDS).filter((name) => takes(name, "any text") && takes(name, "") && !takes(name, 1)),
);

/** True only when the schema gives `value` back as it is. False says nothing: then the schema has to be asked. */
export function isPlainMessage(value: Record<string, unknown>): value is Message {
  const { message_type: type } = value;
  if (typeof type !== "string" || type === "" || type !== type.toUpperCase()) return false;
  for (const name of Object.keys(value)) {
    if (name !== "message_type" && !fits(name, value[name])) return false;
  }
  return true;
}

function fits(name: string, value: unknown): boolean {
  if (TEXTS.has(name)) return typeof value === "string" || value === null || value === undefined;
  return !Object.hasOwn(FIELDS, name) || takes(name, value);
}

/** Tells whether a field takes `value` and leaves it as it is. */
function takes(name: string, value: unknown): boolean {
  const { success, data } = FIELDS[name]!.safeParse(value);
  return success && Object.is(data, value);
}
