/** Redis's form of a message: pure functions between a stream's fields and the port's envelope. */
import { Buffer } from "node:buffer";
import type { Envelope } from "./bus.ts";

/** Gives a message's fields, name and value in turn. Bytes go as base64, since Redis's answers are read as text. */
export function toFields({ id, body, headers, priority, key }: Envelope): string[] {
  const fields = ["i", id];
  if (key !== undefined) fields.push("k", key);
  if (priority !== undefined) fields.push("p", String(priority));
  for (const _ in headers) {
    fields.push("h", JSON.stringify(headers));
    break;
  }
  if (typeof body === "string") fields.push("t", body);
  else fields.push("b", Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64"));
  return fields;
}

/** Reads a message's fields. Never throws: one that nobody can read would come again and again. */
export function fromFields(fields: readonly string[]): Envelope {
  const envelope: Envelope = { id: "", body: "", headers: {} };
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const value = fields[at + 1]!;
    switch (fields[at]) {
      case "i":
        envelope.id = value;
        break;
      case "k":
        envelope.key = value;
        break;
      case "p":
        envelope.priority = Number(value) as Envelope["priority"];
        break;
      case "h":
        envelope.headers = headersOf(value);
        break;
      case "t":
        envelope.body = value;
        break;
      case "b":
        envelope.body = new Uint8Array(Buffer.from(value, "base64"));
    }
  }
  return envelope;
}

function headersOf(json: string): Record<string, string> {
  try {
    return JSON.parse(json);
  } catch {
    return {};
  }
}
