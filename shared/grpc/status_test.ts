import { strict as assert } from "node:assert";
import { Metadata, status } from "@grpc/grpc-js";
import { ERROR_CODES, ParleyError } from "../error.ts";
import { fromServiceError, statusOf, toServiceError } from "./status.ts";

function received(code: number, details: string, metadata = new Metadata()): Error {
  return Object.assign(new Error(details), { code, details, metadata });
}

Deno.test("every code survives the way over gRPC", () => {
  for (const code of ERROR_CODES) {
    const sent = toServiceError(new ParleyError(code, "A sentence."));
    const back = fromServiceError(received(sent.code, sent.details, sent.metadata));
    assert.equal(back.code, code);
    assert.equal(back.message, "A sentence.");
  }
});

Deno.test("statusOf() gives the status that other people's clients understand", () => {
  const cases = [["conflict", status.ALREADY_EXISTS], ["forbidden", status.PERMISSION_DENIED], [
    "not_found",
    status.NOT_FOUND,
  ], ["timeout", status.DEADLINE_EXCEEDED]] as const;
  for (const [code, expected] of cases) assert.equal(statusOf(code), expected);
});

Deno.test("fromServiceError() reads the status alone when the peer gives no code", () => {
  assert.equal(fromServiceError(received(status.UNAVAILABLE, "gone")).code, "unavailable");
  assert.equal(fromServiceError(received(status.DATA_LOSS, "lost")).code, "internal");
});

Deno.test("toServiceError() keeps the cause of an unexpected error to itself", () => {
  const sent = toServiceError(new Error("password is 1234"));
  assert.equal(sent.code, status.INTERNAL);
  assert.ok(!sent.details.includes("1234"));
});

Deno.test("fromServiceError() says in short that nobody answers", () => {
  const details =
    "No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:50051. Resolution note: ";
  const failed = Object.assign(new Error(details), { code: 14, details });
  assert.equal(fromServiceError(failed).message, "connect ECONNREFUSED 127.0.0.1:50051");
});
