/** What scripts are told by the exit code: one small table, for every command. */
import type { ErrorCode } from "../shared/error.ts";

/** Names the exit codes. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  unreachable: 4,
  refused: 5,
  timedOut: 124,
  interrupted: 130,
  /** As a program that SIGPIPE ends: whoever read the output is gone. */
  outputClosed: 141,
} as const;

const OF_ERROR: Readonly<Record<ErrorCode, number>> = {
  invalid_json: EXIT.usage,
  invalid_message: EXIT.usage,
  unsupported_type: EXIT.failed,
  not_registered: EXIT.refused,
  unauthenticated: EXIT.refused,
  forbidden: EXIT.refused,
  not_found: EXIT.notFound,
  conflict: EXIT.failed,
  no_agent_available: EXIT.unreachable,
  agent_offline: EXIT.unreachable,
  rate_limited: EXIT.unreachable,
  too_large: EXIT.usage,
  timeout: EXIT.timedOut,
  cancelled: EXIT.failed,
  unavailable: EXIT.unreachable,
  internal: EXIT.failed,
};

/** Gives the exit code that stands for an error. */
export function exitCodeOf(code: ErrorCode): number {
  return OF_ERROR[code];
}

/** Says the same in `--help`. */
export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    failed
  2    wrong usage, also a name that several agents have
  3    not found
  4    cannot be reached now: the server, the agent, or any agent at all
  5    not allowed, by the server or by the agent's owner
  124  timed out
  130  interrupted (Ctrl-C)
  141  the reader of the output went away
  task: with --wait and watch, what ended it: 0 completed, 1 or the error's code failed, 1 cancelled, 124 timed out
  command: the program's own exit code, 128 + N when signal N ended it; those above when it did not run`;
