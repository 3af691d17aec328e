/** What comes over a socket, read once; and the frames that tell a client what is wrong with it. */
import { type ErrorCode, ParleyError } from "../../shared/error.ts";
import { parseJsonObject } from "../../shared/model/codec.ts";
import { timestamp } from "../../shared/model/message.ts";

export type Frame = Record<string, unknown> & { message_type: string };

/** Parses a text frame. Throws what `parseJsonObject` throws, and `invalid_message` when it has no `message_type`. */
export function parseFrame(text: string): Frame {
  const value = parseJsonObject(text);
  const type = value.message_type;
  if (typeof type !== "string" || type === "") {
    throw new ParleyError("invalid_message", "Field 'message_type': expected a text.");
  }
  return { ...value, message_type: type.toUpperCase() };
}

/** Makes the frame for an error that concerns one connection alone; it has no number and is not kept. */
export function errorFrame(
  { code, message }: { code: ErrorCode; message: string },
  fields: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    message_type: "ERROR",
    sender_id: "server",
    code,
    text_payload: message,
    error_details: message,
    routing_status: "error",
    routing_status_message: message,
    send_timestamp: timestamp(),
    ...fields,
  };
}

/** Makes the error for a type that this kind of client cannot send here, in the protocol's own words. */
export function unsupportedType(type: string): ParleyError {
  return new ParleyError(
    "unsupported_type",
    `Error: Unsupported message type '${type.slice(0, 100)}' received.`,
  );
}
