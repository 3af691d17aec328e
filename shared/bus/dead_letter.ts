/** What a message looks like once it has been given up. */
import { parseJsonObject } from "../model/codec.ts";
import { ParleyError } from "../error.ts";
import type { Delivery, Envelope } from "./bus.ts";

/**
 * Makes the dead letter of a delivery: its JSON object with `code`, `error_details`, `_origin_queue` and `attempts`
 * added. A body that is no JSON object is kept whole in `raw_text`, or in `raw_base64` when it is no UTF-8.
 */
export function deadLetterOf(delivery: Delivery, why: { code: string; reason: string }): Envelope {
  const { envelope, queue, attempt } = delivery;
  const body = {
    ...objectOf(envelope),
    code: why.code,
    error_details: why.reason,
    _origin_queue: queue,
    attempts: attempt,
  };
  return { ...envelope, body: JSON.stringify(body) };
}

function objectOf({ id, body }: Envelope): Record<string, unknown> {
  try {
    return parseJsonObject(body);
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    return { message_id: id, ...rawOf(body) };
  }
}

function rawOf(body: string | Uint8Array): Record<string, string> {
  if (typeof body === "string") return { raw_text: body };
  try {
    return { raw_text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body) };
  } catch {
    return { raw_base64: body.toBase64() };
  }
}
