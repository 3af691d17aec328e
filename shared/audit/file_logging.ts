/** Turning file logging on: for a process by its variables, or for a program by one call, as the user's document has it. */
import { createFileLogger, type FileLogger, type FileLoggerOptions, type LogStats } from "./file_logger.ts";

/** What a process's variables say of file logging. */
export interface FileLogVariables {
  FILE_LOG_DIR?: string | undefined;
  FILE_LOG_MAX_BYTES: number;
  FILE_LOG_BODIES: boolean;
  FILE_LOG_KEEP_DAYS?: number | undefined;
}

/** Begins to log to files where the variables say so; `process`: what its entries' `source` begins with. */
export function openFileLog(process: string, variables: FileLogVariables): FileLogger | undefined {
  const { FILE_LOG_DIR, FILE_LOG_MAX_BYTES, FILE_LOG_BODIES, FILE_LOG_KEEP_DAYS } = variables;
  if (!FILE_LOG_DIR) return undefined;
  return createFileLogger(FILE_LOG_DIR, {
    source: `${process}:${Deno.pid}`,
    maxFileBytes: FILE_LOG_MAX_BYTES,
    withBodies: FILE_LOG_BODIES,
    keepDays: FILE_LOG_KEEP_DAYS,
  });
}

const NOTHING: LogStats = {
  log_dir: "",
  log_files: 0,
  bytes: 0,
  entries_written: 0,
  entries_dropped: 0,
  entries_waiting: 0,
  fault: null,
};

/** Keeps nothing: file logging is off by default. */
const OFF: FileLogger = {
  fault: undefined,
  logAgentActivity: () => {},
  logMessage: () => {},
  logTask: () => {},
  logPerformanceMetric: () => {},
  logError: () => {},
  flush: () => Promise.resolve(),
  getLogStats: () => Promise.resolve({ ...NOTHING }),
  cleanupOldLogs: () => Promise.resolve(0),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

// The document has one logger that is fetched from anywhere; the server, brokers and built-in agents pass theirs.
let current: FileLogger | undefined;

/**
 * Logs to files under `folder` from now on: what agents of this program do, and what it logs itself. The one before is
 * finished. Dispose of what it gives, or `flush()` it, before `Deno.exit()`: a program that ends by itself writes all.
 *
 * @example
 * await using logger = enableFileLogging("./logs");
 * logger.logPerformanceMetric("agent_001", "response_time", 125.5, "ms");
 */
export function enableFileLogging(folder = "./logs", options: FileLoggerOptions = {}): FileLogger {
  void current?.[Symbol.asyncDispose]();
  return current = createFileLogger(folder, options);
}

/** Gives the logger that `enableFileLogging` began; before that, one that keeps nothing. */
export function getFileLogger(): FileLogger {
  return current ?? OFF;
}

/** Gives the logger that `enableFileLogging` began, if it did. */
export function currentFileLog(): FileLogger | undefined {
  return current;
}
