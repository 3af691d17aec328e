/** What the errors of a database's driver say to people. */

/** Gives the sentence that says most: a host with several addresses fails with an error each, and none of its own. */
export function sentenceOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return sentenceOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return sentenceOf(error.cause);
  return error.message || (error as { code?: string }).code || error.name;
}
