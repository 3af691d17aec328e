/** How asking a model can fail, and what a person is told about it. */
import { type ErrorCode, ParleyError } from "../../shared/error.ts";

/** Why there is no answer, or no whole one. */
export type Failure =
  /** The service answered with an HTTP status; `reason` is its own sentence, possibly empty. */
  | { kind: "refused"; status: number; reason: string; retryAfterMs?: number }
  /** No connection came about. */
  | { kind: "unreachable" }
  /** Nothing came for `afterMs` milliseconds. */
  | { kind: "silent"; afterMs: number }
  /** The answer ended too early, or could not be understood. */
  | { kind: "broken" }
  /** The answer has no text. */
  | { kind: "empty" };

/** Carries a failure from where it was seen to where it is decided what to do about it. */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";

  constructor(readonly failure: Failure, options?: ErrorOptions) {
    super(failure.kind, options);
  }
}

/** What sentences about a model name: who runs it, and the variables that a person can change. */
export interface ModelService {
  /** Such as "Mistral". */
  name: string;
  /** Where it is asked, without credentials. */
  url: string;
  /** The model's name; empty while it is not known. */
  model: string;
  variables: { key: string; url: string; model: string };
}

/** Turns a failure into the code and the sentence that a person is told; `cause` is for the log. */
export function toParleyError(failure: Failure, service: ModelService, cause?: unknown): ParleyError {
  const [code, sentence] = told(failure, service);
  return new ParleyError(code, sentence, { cause });
}

type Told = [code: ErrorCode, sentence: string];

function told(failure: Failure, service: ModelService): Told {
  const { name, url, variables } = service;
  switch (failure.kind) {
    case "refused":
      return toldOfStatus(failure, service);
    case "unreachable":
      return [
        "unavailable",
        `${name} cannot be reached at ${url}. Check ${variables.url}, and that it runs.`,
      ];
    case "silent":
      return ["timeout", `${name} sent nothing for ${inSeconds(failure.afterMs)}. Ask again in a while.`];
    case "broken":
      return ["unavailable", `${name} broke off before the answer was finished. Ask again.`];
    case "empty":
      return ["unavailable", `${name} gave an empty answer. Ask again, or in other words.`];
  }
}

function toldOfStatus(
  { status, reason, retryAfterMs }: Failure & { kind: "refused" },
  service: ModelService,
): Told {
  const { name, variables, url } = service;
  const model = service.model ? `the model "${service.model}"` : "the model";
  const said = reason ? ` It says: ${reason}` : "";
  switch (status) {
    case 401:
      return [
        "unauthenticated",
        `${name} does not accept the key. Check ${variables.key} where the agent runs.`,
      ];
    case 402:
      return [
        "forbidden",
        `${name} wants to be paid first. Check the account that ${variables.key} belongs to.`,
      ];
    case 403:
      return [
        "forbidden",
        `${name} does not allow this key ${model}. Check ${variables.key} and ${variables.model}.`,
      ];
    case 404:
      return [
        "not_found",
        `${name} at ${url} does not know ${model}. Check ${variables.model} and ${variables.url}.`,
      ];
    case 408:
      return ["timeout", `${name} took too long. Ask again in a while.`];
    case 413:
      return [
        "too_large",
        `The conversation is too long for ${name}. Begin a new one, or ask something shorter.`,
      ];
    case 429:
      return [
        "rate_limited",
        `${name} is asked too much at the moment. Ask again ${whenOf(retryAfterMs)}.${said}`,
      ];
  }
  if (status >= 500) {
    return ["unavailable", `${name} has a fault of its own (${status}). Ask again in a while.`];
  }
  return [
    "invalid_message",
    `${name} did not accept the request (${status}). Check ${variables.model}.${said}`,
  ];
}

function whenOf(ms: number | undefined): string {
  return ms === undefined ? "in a while" : `in ${inSeconds(ms)}`;
}

function inSeconds(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}

const LONGEST_REASON = 300;

/** Finds the service's own sentence in the body of a refusal, at most 300 characters; empty when it gives none. */
export function reasonIn(body: unknown): string {
  const { message, error, detail } = (typeof body === "object" && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const found = [body, message, error, detail].find((candidate) => typeof candidate === "string");
  if (typeof found === "string") return found.trim().slice(0, LONGEST_REASON);
  const inner = error ?? message ?? (Array.isArray(detail) ? toFirst(detail) : detail);
  return inner === undefined || inner === null || inner === body ? "" : reasonIn(inner);
}

/** Validation errors come as a list with the place and the sentence of each. */
function toFirst([first]: unknown[]): unknown {
  const { msg } = (first ?? {}) as Record<string, unknown>;
  return msg;
}
