/** A command: what somebody has an agent do beside its queue, and what became of it (protocol, "HTTP", "Command"). */
import * as z from "zod";
import { ERROR_CODES, type ErrorCode } from "../error.ts";

export const COMMAND_STATUSES = [
  "waiting",
  "awaiting_approval",
  "running",
  "succeeded",
  "failed",
  "cancelled",
  "timed_out",
] as const;
export type CommandStatus = typeof COMMAND_STATUSES[number];

/** Statuses in which something more happens to a command. */
export const OPEN_STATUSES = ["waiting", "awaiting_approval", "running"] as const;

/** Statuses after which nothing more happens to a command. */
export const ENDED_STATUSES = ["succeeded", "failed", "cancelled", "timed_out"] as const;
export type EndedStatus = typeof ENDED_STATUSES[number];

/** Tells whether nothing more happens to a command. */
export function isEnded(status: CommandStatus): status is EndedStatus {
  return (ENDED_STATUSES as readonly string[]).includes(status);
}

/** Bytes of output that a result keeps; what is more is cut out of its middle. */
export const MOST_OUTPUT_BYTES = 1_048_576;

/**
 * Bytes of what people are shown of what a command runs. What a person is to approve is never cut: what is longer
 * cannot be approved.
 */
export const MOST_DESCRIPTION_BYTES = 8_192;

/** Arguments a command may have, and characters in each. */
const MOST_ARGUMENTS = 1_000;
const LONGEST_ARGUMENT = 100_000;
const MOST_PARAMETERS = 100;

const textMap = z.record(z.string().max(200), z.string().max(10_000)).refine(
  (map) => Object.keys(map).length <= MOST_PARAMETERS,
  { error: `Allowed are ${MOST_PARAMETERS} parameters` },
);

/**
 * Describes what is asked for. `shell` runs a program (`arguments`, or `content` split into words), `script` (also
 * `python`) a text by an interpreter, and any other type a function of the agent's own. Whether it may, the agent's
 * owner decides.
 */
export const newCommandSchema = z.looseObject({
  type: z.string().min(1).max(100).default("shell"),
  content: z.string().max(LONGEST_ARGUMENT * 5).default(""),
  arguments: z.array(z.string().max(LONGEST_ARGUMENT)).max(MOST_ARGUMENTS).optional(),
  parameters: textMap.optional(),
  /** Seconds that it may run. */
  timeout_s: z.number().positive().max(86_400).optional(),
  /** What happens while the agent is offline: `error` (default) refuses the command, `wait` keeps it for a day. */
  if_offline: z.enum(["error", "wait"]).default("error"),
});
export type NewCommand = z.infer<typeof newCommandSchema>;

/** What a person is asked to approve: exactly this, once, until then. */
export interface Approval {
  /** Names exactly what would run. */
  digest: string;
  /** The same, for people. */
  description: string;
  expires_at: string;
}

/** A command as it is kept and shown. Times are ISO 8601; what has not happened yet is null. */
export interface CommandRecord {
  command_id: string;
  agent_id: string;
  type: string;
  content: string;
  arguments: string[];
  parameters: Record<string, string>;
  timeout_s: number;
  if_offline: "error" | "wait";
  status: CommandStatus;
  exit_code: number | null;
  output: string;
  /** Bytes that were cut out of the middle of `output`. */
  truncated_bytes: number;
  error_message: string | null;
  code: ErrorCode | null;
  /** The signal that ended the program. */
  signal: string | null;
  execution_time_ms: number | null;
  /** What runs or ran, as the agent says it. */
  description: string | null;
  approval: Approval | null;
  created_at: string;
  sent_at: string | null;
  started_at: string | null;
  ended_at: string | null;
  /** Whether it ended without its agent's word, which still counts should it come. */
  is_supposed: boolean;
  /** When it was first asked to be cancelled, and by whom. */
  cancel_asked_at: string | null;
  cancel_asked_by: string | null;
  /** Whose command it is. */
  requested_by: string;
}

/** The part of a command to which nothing has happened yet. */
export const NOTHING_YET = {
  exit_code: null,
  output: "",
  truncated_bytes: 0,
  error_message: null,
  code: null,
  signal: null,
  execution_time_ms: null,
  description: null,
  approval: null,
  sent_at: null,
  started_at: null,
  ended_at: null,
  is_supposed: false,
  cancel_asked_at: null,
  cancel_asked_by: null,
} as const satisfies Partial<CommandRecord>;

/** Describes a command as it is shown, for those who read it from the wire. */
export const commandSchema = z.looseObject({
  command_id: z.string(),
  agent_id: z.string(),
  type: z.string(),
  content: z.string(),
  arguments: z.array(z.string()).default([]),
  status: z.enum(COMMAND_STATUSES),
  exit_code: z.int().nullable(),
  output: z.string(),
  truncated_bytes: z.int().default(0),
  error_message: z.string().nullable(),
  code: z.enum(ERROR_CODES).nullable(),
  signal: z.string().nullable().default(null),
  execution_time_ms: z.number().nullable(),
  description: z.string().nullable().default(null),
  approval: z.object({ digest: z.string(), description: z.string(), expires_at: z.string() }).nullable(),
  created_at: z.string(),
  started_at: z.string().nullable(),
  ended_at: z.string().nullable(),
  is_supposed: z.boolean().default(false),
  cancel_asked_at: z.string().nullable().default(null),
  cancel_asked_by: z.string().nullable().default(null),
});
