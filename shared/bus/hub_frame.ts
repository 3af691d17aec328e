/** The hub's frames: between the port's shapes and the wire's, for both ends. */
import { Buffer } from "node:buffer";
import { isErrorCode, ParleyError } from "../error.ts";
import { Envelope as WireEnvelope, type Settle, VerdictKind } from "../grpc/gen/bus.ts";
import type { Envelope, Verdict } from "./bus.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Writes an envelope for the wire. */
export function toWire({ id, body, headers, priority, key }: Envelope): WireEnvelope {
  const isText = typeof body === "string";
  return {
    id,
    body: isText ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    isText,
    headers,
    priority: priority ?? 0,
    key: key ?? "",
  };
}

/** Reads an envelope from the wire. Throws `invalid_message` when there is none. */
export function fromWire(wire: WireEnvelope | undefined): Envelope {
  if (wire === undefined) throw new ParleyError("invalid_message", "The frame has no envelope.");
  const { id, body, isText, headers, priority, key } = wire;
  return {
    id,
    body: isText ? decoder.decode(body) : new Uint8Array(body.buffer, body.byteOffset, body.byteLength),
    headers,
    ...(isPriority(priority) ? { priority } : {}),
    ...(key === "" ? {} : { key }),
  };
}

function isPriority(value: number): value is 1 | 2 | 3 | 4 | 5 {
  return Number.isInteger(value) && value >= 1 && value <= 5;
}

/** How a peer's delivery ended. A failure may come with its code and reason, so that the server can judge it. */
export type Settlement = Verdict | { kind: "failed"; error: ParleyError };

/** Writes how delivery number `delivery` ended. */
export function toSettle(delivery: number, settlement: Settlement): Settle {
  const frame: Settle = { delivery, verdict: VerdictKind.VERDICT_KIND_ACK, code: "", reason: "" };
  switch (settlement.kind) {
    case "ack":
      return frame;
    case "retry":
      return { ...frame, verdict: VerdictKind.VERDICT_KIND_RETRY, delayMs: settlement.delayMs };
    case "return":
      return { ...frame, verdict: VerdictKind.VERDICT_KIND_RETURN };
    case "failed":
      return {
        ...frame,
        verdict: VerdictKind.VERDICT_KIND_RETRY,
        code: settlement.error.code,
        reason: settlement.error.message,
      };
    case "reject":
      return {
        ...frame,
        verdict: VerdictKind.VERDICT_KIND_REJECT,
        code: settlement.code,
        reason: settlement.reason,
      };
  }
}

/** Reads how a delivery ended. A verdict that we do not know is another attempt. */
export function fromSettle({ verdict, delayMs, code, reason }: Settle): Settlement {
  if (verdict === VerdictKind.VERDICT_KIND_ACK) return { kind: "ack" };
  if (verdict === VerdictKind.VERDICT_KIND_RETURN) return { kind: "return" };
  const known = isErrorCode(code) ? code : "internal";
  if (verdict === VerdictKind.VERDICT_KIND_REJECT) return { kind: "reject", code: known, reason };
  if (code !== "") return { kind: "failed", error: new ParleyError(known, reason) };
  return { kind: "retry", delayMs };
}

/** Reads a refusal out of a Confirm or Consuming frame; undefined when it says yes. */
export function refusalOf({ code, message }: { code: string; message: string }): ParleyError | undefined {
  if (code === "") return undefined;
  return new ParleyError(isErrorCode(code) ? code : "internal", message);
}
