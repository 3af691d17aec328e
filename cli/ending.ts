/** How a command that ended ends the command line: with the program's own code, and a sentence where there is more to say. */
import type { CommandRecord } from "../shared/model/command.ts";
import { EXIT, exitCodeOf } from "./exit_code.ts";

/** The signals that end programs, by their numbers, which a shell adds to 128. */
const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
};

type Ended = Pick<CommandRecord, "status" | "exit_code" | "signal" | "code" | "error_message">;

/** Gives the exit code for a command that ended. An error's code counts first: then no program ended by itself. */
export function codeOf({ status, exit_code, signal, code }: Ended): number {
  if (status === "timed_out") return EXIT.timedOut;
  if (status === "succeeded") return EXIT.ok;
  const signalNumber = status === "failed" && signal ? SIGNALS[signal] : undefined;
  if (signalNumber) return 128 + signalNumber;
  if (code) return exitCodeOf(code);
  return status === "failed" && exit_code ? ownCode(exit_code) : EXIT.failed;
}

/** Codes go up to 255, and what is none of them must not become 0. */
function ownCode(exitCode: number): number {
  return exitCode > 0 && exitCode <= 255 ? exitCode : EXIT.failed;
}

/** Says why it did not end well; undefined where the program's own code and output say it. */
export function sentenceOf({ status, exit_code, signal, code, error_message }: Ended): string | undefined {
  if (status === "succeeded" || (status === "failed" && !code && !signal && exit_code)) return undefined;
  if (error_message) return error_message;
  if (signal) return `The program was ended by ${signal}.`;
  return `The command ${
    status === "timed_out" ? "timed out" : status === "cancelled" ? "was cancelled" : "failed"
  }.`;
}
