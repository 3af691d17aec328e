/** Brings the errors of a process's own log to the log files, where whoever looks for errors finds them all. */
import type { ErrorSink } from "../log.ts";
import type { FileLogger } from "./file_logger.ts";

/** Makes what `setUpLog` gives the errors of `process` to. */
export function errorSink(
  process: string,
  logger: Pick<FileLogger, "logError"> | undefined,
): ErrorSink | undefined {
  return logger && ((category, sentence) => logger.logError(process, category, sentence));
}
