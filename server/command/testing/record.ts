/** Commands as tests have them. */
import type { CommandRecord } from "../../../shared/model/command.ts";
import { timestamp } from "../../../shared/model/message.ts";
import { newRecord } from "../new_command.ts";
import type { CommandNews, RawResult } from "../outcome.ts";
import { type CommandEvent, decide } from "../transition.ts";

export const AT_MS = Date.parse("2026-01-01T00:00:00.000Z");

/** Makes a command of `agent_1` that waits. */
export function waiting(fields: Partial<CommandRecord> = {}): CommandRecord {
  const asked = { agentId: "agent_1", requestedBy: "web_ada", defaultTimeoutS: 300, nowMs: AT_MS };
  const command = { type: "shell", content: "df", if_offline: "wait", command_id: "cmd_1" } as const;
  return { ...newRecord(command, asked), ...fields };
}

/** Gives what becomes of a command by several events, one second apart. Throws what refuses one. */
export function after(command: CommandRecord, ...events: CommandEvent[]): CommandRecord {
  return events.reduce((before, event, index) => {
    const decision = decide(before, event, AT_MS + (index + 1) * 1_000);
    if (decision.refusal) throw decision.refusal;
    return { ...before, ...decision.change };
  }, command);
}

/** What an agent reports that has a command approved first, for which there is a minute. */
export const NEEDED = {
  kind: "approval_needed",
  digest: "d1",
  description: "df -h",
  expiresInS: 60,
} as const satisfies CommandNews;

export const SUCCESS: RawResult = {
  success: true,
  output: "done",
  error_message: "",
  exit_code: 0,
  execution_time_ms: 12,
  status: "",
  code: "",
  truncated_bytes: 0,
  signal: "",
  output_pieces: 0,
};

export const LATER = timestamp(AT_MS + 1_000);
