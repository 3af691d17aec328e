/** The header that counts attempts across copies of a message; no reader sees it. */
import type { Envelope } from "./bus.ts";

const ATTEMPTS_HEADER = "parley-attempts";

/** Reads how many attempts were made before this copy. */
export function attemptsBefore({ headers }: Envelope): number {
  const count = Number(headers[ATTEMPTS_HEADER] ?? 0);
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

/** Makes the copy that says how many attempts were made before it. */
export function withAttempts(envelope: Envelope, attempts: number): Envelope {
  return { ...envelope, headers: { ...envelope.headers, [ATTEMPTS_HEADER]: String(attempts) } };
}

/** Takes the count away, so that a message that is passed on starts anew. */
export function withoutAttempts(envelope: Envelope): Envelope {
  if (!(ATTEMPTS_HEADER in envelope.headers)) return envelope;
  const { [ATTEMPTS_HEADER]: _, ...headers } = envelope.headers;
  return { ...envelope, headers };
}
