/** How a message is written into a row and read from it. */
import { createHash } from "node:crypto";
import { ParleyError } from "../error.ts";
import type { Delivery, Envelope, PublishOptions } from "./bus.ts";
import type { ClaimedRow, NewRow } from "./sql_wire.ts";

/** Characters a queue's name may have: what an index of either database can hold. */
export const LONGEST_QUEUE_NAME = 255;
/** Bytes a body may have; what goes along with it makes a statement larger than some databases take. */
export const MOST_BODY_BYTES = 64 * 1024 * 1024;

const encoder = new TextEncoder();
// A body may begin with a byte order mark that is its own.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Makes a message's row. Throws `invalid_message` or `too_large` for what no row can hold. */
export function toRow(queue: string, envelope: Envelope, options: PublishOptions): NewRow {
  const { body, ...head } = envelope;
  const isText = typeof body === "string";
  const bytes = isText ? encoder.encode(body) : body;
  if (bytes.length > MOST_BODY_BYTES) {
    throw new ParleyError("too_large", `A message's body may have ${MOST_BODY_BYTES} bytes on this bus.`);
  }
  const { delayMs = 0, expiresMs } = options;
  return {
    queue: requireQueueName(queue),
    priority: envelope.priority ?? 3,
    orderKey: envelope.key === undefined ? null : orderKeyOf(envelope.key),
    delayMs: delayMs > 0 ? delayMs : null,
    expiresMs: expiresMs ?? null,
    head: JSON.stringify(head),
    body: bytes,
    isText,
  };
}

/** Gives `queue` where a row can hold it. Throws `invalid_message`. */
export function requireQueueName(queue: string): string {
  if (queue.length > 0 && queue.length <= LONGEST_QUEUE_NAME && !queue.includes("\0")) return queue;
  const allowed = `1 to ${LONGEST_QUEUE_NAME} characters, none of them NUL`;
  throw new ParleyError("invalid_message", `A queue's name has ${allowed}. Choose another.`);
}

/** Reads what a claimed row says. Undefined when it was not written by `toRow`. */
export function readRow(queue: string, row: ClaimedRow): Delivery | undefined {
  const head = readHead(row.head);
  if (head === undefined) return undefined;
  const { id, headers, ...more } = head;
  return { queue, envelope: { id, body: bodyOf(row), headers, ...more }, attempt: row.attempts };
}

function readHead(text: string): Omit<Envelope, "body"> | undefined {
  try {
    const head = JSON.parse(text);
    return typeof head.id === "string" && typeof head.headers === "object" && head.headers ? head : undefined;
  } catch {
    return undefined;
  }
}

/** Gives a row's body as it was published. */
export function bodyOf({ body, isText }: Pick<ClaimedRow, "body" | "isText">): string | Uint8Array {
  return isText ? decoder.decode(body) : new Uint8Array(body);
}

/** Compares two rows of a queue by who is next: an update gives its rows in no order. */
export function byTurn(a: ClaimedRow, b: ClaimedRow): number {
  return a.priority - b.priority || Number(BigInt(a.position) - BigInt(b.position));
}

/** Shortens a key to what an index holds; that two keys are taken for one costs a moment and no more. */
function orderKeyOf(key: string): string {
  return createHash("sha256").update(key).digest("base64url").slice(0, 22);
}
