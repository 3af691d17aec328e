/** What a test expects to be thrown. */
import { type ErrorCode, ParleyError } from "../../shared/error.ts";

/** Tells of what is thrown whether it is an error with `code` whose sentence has `names` in it. */
export const fails = (code: ErrorCode, names = "") => (error: unknown) =>
  error instanceof ParleyError && error.code === code && error.message.includes(names);
