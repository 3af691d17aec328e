/** RabbitMQ's form of a message: pure functions between it and the port's envelope. */
import { Buffer } from "node:buffer";
import type { Message, Options } from "amqplib";
import { ParleyError } from "../error.ts";
import { parseJsonObject } from "../model/codec.ts";
import { newId } from "../model/id.ts";
import type { Envelope, PublishOptions } from "./bus.ts";

/** Bytes that one of a message's own properties can hold (AMQP 0-9-1, "short string"). */
const SHORT = 255;
/** Where a key stands that is too long for `correlationId`. */
const KEY_HEADER = "parley-key";
const PRIORITY_HEADER = "parley-priority";
/** When a message that was also delayed is too old, in milliseconds since 1970: its `expiration` would end the delay. */
const EXPIRES_AT_HEADER = "parley-expires-at";
const BINARY = "application/octet-stream";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** The delays there are; each has a queue of its own, so that a long one never blocks a short one. */
const STEPS_MS = [
  100,
  250,
  500,
  ...[1, 2, 5, 10, 30].map((count) => count * SECOND),
  ...[1, 5, 15].map((count) => count * MINUTE),
  ...[1, 6, 24].map((count) => count * HOUR),
];

/** Rounds a delay up to the next step. Throws `invalid_message` beyond 24 hours. */
export function delayStepMs(delayMs: number): number {
  const step = STEPS_MS.find((ms) => ms >= delayMs);
  if (step !== undefined) return step;
  throw new ParleyError("invalid_message", "A message can be delayed by 24 hours at most.");
}

/** Gives the bytes and the properties of a message. */
export function toAmqp(envelope: Envelope, { delayMs = 0, expiresMs }: PublishOptions = {}) {
  const { id, body, headers, key, priority } = envelope;
  const isText = typeof body === "string";
  const isKeyShort = key !== undefined && isShort(key);
  const allHeaders = {
    ...headers,
    ...(key === undefined || isKeyShort ? {} : { [KEY_HEADER]: key }),
    ...(priority === undefined ? {} : { [PRIORITY_HEADER]: String(priority) }),
    ...(delayMs > 0 && expiresMs !== undefined
      ? { [EXPIRES_AT_HEADER]: String(Date.now() + expiresMs) }
      : {}),
  };
  const properties: Options.Publish = {
    // The body has the id, too; a reader finds it there.
    ...(isShort(id) ? { messageId: id } : {}),
    ...(isKeyShort ? { correlationId: key } : {}),
    persistent: true,
    mandatory: true,
    contentType: isText ? "application/json" : BINARY,
    // A table of headers costs much, so there is none when it would be empty.
    ...(Object.keys(allHeaders).length > 0 ? { headers: allHeaders } : {}),
    ...(delayMs <= 0 && expiresMs !== undefined ? { expiration: String(Math.ceil(expiresMs)) } : {}),
  };
  const content = isText ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { content, properties };
}

/** Reads a message, also one that a peer sent as plain JSON with no properties. */
export function fromAmqp({ content, properties }: Pick<Message, "content" | "properties">): Envelope {
  const { [KEY_HEADER]: longKey, [PRIORITY_HEADER]: priority, [EXPIRES_AT_HEADER]: _, ...headers } =
    headersOf(
      properties.headers ?? {},
    );
  const key = longKey ?? properties.correlationId;
  const body = bodyOf(content, properties.contentType);
  return {
    id: properties.messageId ? String(properties.messageId) : idIn(body),
    body,
    headers,
    ...(key === undefined ? {} : { key: String(key) }),
    ...(isPriority(priority) ? { priority: Number(priority) as Envelope["priority"] } : {}),
  };
}

/** Tells whether the message was also delayed, and has become too old since. */
export function isExpired({ properties }: Pick<Message, "properties">): boolean {
  const at = properties.headers?.[EXPIRES_AT_HEADER];
  return at !== undefined && Number(at) <= Date.now();
}

/** Tells how often the queue itself has delivered this message before; undefined when it knows only that it has. */
export function deliveriesBefore(
  { fields, properties }: Pick<Message, "fields" | "properties">,
): number | undefined {
  const count = properties.headers?.["x-delivery-count"];
  if (typeof count === "number") return count;
  return fields.redelivered ? undefined : 0;
}

function isShort(text: string): boolean {
  return text.length * 3 <= SHORT || Buffer.byteLength(text) <= SHORT;
}

/** Headers are text here; the broker's own (`x-…`) and nested ones stay out. */
function headersOf(headers: Record<string, unknown>): Record<string, string> {
  const plain = Object.entries(headers).filter(([name, value]) =>
    !name.startsWith("x-") && ["string", "number", "boolean"].includes(typeof value)
  );
  return Object.fromEntries(plain.map(([name, value]) => [name, String(value)]));
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function bodyOf(content: Uint8Array, contentType: unknown): string | Uint8Array {
  const bytes = new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
  if (contentType === BINARY) return bytes;
  try {
    return decoder.decode(bytes);
  } catch {
    return bytes;
  }
}

function idIn(body: string | Uint8Array): string {
  try {
    const { message_id } = parseJsonObject(body);
    return typeof message_id === "string" && message_id ? message_id : newId("msg");
  } catch {
    return newId("msg");
  }
}

function isPriority(text: string | undefined): boolean {
  return text !== undefined && /^[1-5]$/.test(text);
}
