/** gRPC's edge of errors: a `ParleyError` as a status and back, so that codes survive the way over gRPC. */
import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { type ErrorCode, isErrorCode, ParleyError } from "../error.ts";

/** Names the trailing metadata that carries the exact code, since several codes share a status. */
export const CODE_KEY = "parley-code";

/** One row a status: first what the status means when no code comes with it, then the other codes that it stands for. */
const TABLE: readonly (readonly [status, ErrorCode, ...ErrorCode[]])[] = [
  [status.INVALID_ARGUMENT, "invalid_message", "invalid_json"],
  [status.UNIMPLEMENTED, "unsupported_type"],
  [status.FAILED_PRECONDITION, "not_registered"],
  [status.UNAUTHENTICATED, "unauthenticated"],
  [status.PERMISSION_DENIED, "forbidden"],
  [status.NOT_FOUND, "not_found"],
  [status.ALREADY_EXISTS, "conflict"],
  [status.ABORTED, "conflict"],
  [status.RESOURCE_EXHAUSTED, "too_large", "rate_limited"],
  [status.DEADLINE_EXCEEDED, "timeout"],
  [status.CANCELLED, "cancelled"],
  [status.UNAVAILABLE, "unavailable", "no_agent_available", "agent_offline"],
  [status.INTERNAL, "internal"],
];

/** Gives the status that stands for `code`. */
export function statusOf(code: ErrorCode): status {
  return TABLE.find(([, ...codes]) => codes.includes(code))?.[0] ?? status.INTERNAL;
}

/** Turns anything thrown into what a gRPC handler ends its call with: status, safe sentence, exact code in the trailer. */
export function toServiceError(
  thrown: unknown,
): Pick<ServiceError, "name" | "message" | "code" | "details" | "metadata"> {
  const error = ParleyError.from(thrown);
  const metadata = new Metadata();
  metadata.set(CODE_KEY, error.code);
  return {
    name: error.name,
    message: error.message,
    code: statusOf(error.code),
    details: error.message,
    metadata,
  };
}

/** Turns what a call failed with into a `ParleyError`: the code of the trailer or, failing that, the status's own. */
export function fromServiceError(thrown: unknown): ParleyError {
  if (thrown instanceof ParleyError || !isServiceError(thrown)) return ParleyError.from(thrown);
  return new ParleyError(codeOf(thrown), sentenceOf(thrown.details), { cause: thrown });
}

/** Takes what matters out of how grpc-js tells that nobody answers. */
function sentenceOf(details: string): string {
  const refused = /^No connection established\. Last error: (?:Error: )?(.+?)\.? Resolution note:/.exec(
    details,
  );
  return refused?.[1] ?? (details || "The call failed.");
}

function codeOf(error: ServiceError): ErrorCode {
  const exact = error.metadata?.get(CODE_KEY)[0];
  if (isErrorCode(exact)) return exact;
  return TABLE.find(([status]) => status === error.code)?.[1] ?? "internal";
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "number" &&
    "details" in thrown;
}
