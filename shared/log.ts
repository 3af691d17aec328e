/** Logging: structured, one category a module, pretty on a terminal and JSON lines otherwise. */
import {
  compareLogLevel,
  configure,
  getAnsiColorFormatter,
  getConsoleSink,
  getJsonLinesFormatter,
  getLogger,
  getTextFormatter,
  type Logger,
  type LogRecord,
  type Sink,
  type TextFormatter,
  type TextFormatterOptions,
} from "@logtape/logtape";

export type { Logger };

export interface LogOptions {
  level: "debug" | "info" | "warning" | "error";
  format: "auto" | "pretty" | "json";
  /** Hears of errors, too. */
  errors?: ErrorSink | undefined;
  /** Hears of errors and of warnings, too. */
  faults?: ErrorSink | undefined;
}

/** Hears of an error: the module's name, such as `server.delivery`, and the sentence. It must not throw. */
export type ErrorSink = (category: string, sentence: string) => void;

/** Sends this process's log to the console, in the format asked for. Call once, from `main.ts`. */
export async function setUpLog({ level, format, errors, faults }: LogOptions): Promise<void> {
  const pretty = format === "pretty" || (format === "auto" && Deno.stdout.isTerminal());
  const formatter = pretty ? prettyFormatter(Deno.stdout.isTerminal() && !Deno.noColor) : jsonFormatter();
  await configure({
    reset: true,
    sinks: {
      console: getConsoleSink({ formatter }),
      errors: sinkOfErrors(errors),
      faults: sinkOfErrors(faults, "warning"),
    },
    loggers: [
      { category: "parley", lowestLevel: level, sinks: ["console", "errors", "faults"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["console"] },
    ],
  });
}

/** Makes the sink that `errors` hears errors from, or warnings and errors, and nothing else. */
export function sinkOfErrors(errors: ErrorSink | undefined, from: "warning" | "error" = "error"): Sink {
  return (record) => {
    if (compareLogLevel(record.level, from) < 0) return;
    errors?.(record.category.slice(1).join("."), sentenceOf(record));
  };
}

/** Gives the logger of one module, such as `logOf("server", "delivery")`. */
export function logOf(...category: string[]): Logger {
  return getLogger(["parley", ...category]);
}

/** Makes the formatter for people: one line each, without the name that every category begins with. */
export function prettyFormatter(coloured: boolean): TextFormatter {
  const options: TextFormatterOptions = {
    timestamp: "time",
    level: "full",
    category: (names) => names.slice(1).join("."),
    value: readable,
  };
  return coloured ? getAnsiColorFormatter(options) : getTextFormatter(options);
}

/** Makes the formatter for programs: one JSON object a line, whose message reads as it does for people. */
export function jsonFormatter(): TextFormatter {
  const format = getJsonLinesFormatter();
  return (record) => {
    return format({ ...record, message: [sentenceOf(record)] });
  };
}

function sentenceOf({ message }: LogRecord): string {
  return message.map((part, at) => at % 2 === 0 ? part : readable(part)).join("");
}

function readable(value: unknown): string {
  if (value instanceof Error) return causes(value).join(": ");
  return typeof value === "string" ? value : Deno.inspect(value);
}

/** Lists what an error says and what its causes say, the outermost first. */
function causes(error: Error): string[] {
  return error.cause instanceof Error ? [error.message, ...causes(error.cause)] : [error.message];
}
