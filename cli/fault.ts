/** What ends a command early, besides the errors that the server tells of. */

/** Says what is wrong with the command line; the process ends with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Says that Ctrl-C, or whoever ends processes, asked for the end. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}
