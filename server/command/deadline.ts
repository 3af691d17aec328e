/** When a command's time is over: pure decisions over one command. */
import type { CommandRecord } from "../../shared/model/command.ts";

/** How long a command waits for its agent, in milliseconds. */
export const WAIT_AT_MOST_MS = 24 * 3_600_000;
/** What an agent is given beyond a command's own time to say what became of it, in milliseconds. */
export const GRACE_MS = 10_000;

export interface Deadline {
  /** Milliseconds since 1970; `Infinity`: never. */
  at: number;
  kind: "overdue" | "agent_lost";
}

/** `goneSinceMs`: when its agent was last seen to go; undefined while it is there. */
export function deadlineOf(
  command: CommandRecord,
  { goneSinceMs, inactivityMs }: { goneSinceMs: number | undefined; inactivityMs: number },
): Deadline {
  const overdue: Deadline = { at: overdueAt(command), kind: "overdue" };
  if (command.status !== "running" || goneSinceMs === undefined) return overdue;
  const lostAt = goneSinceMs + inactivityMs;
  return lostAt < overdue.at ? { at: lostAt, kind: "agent_lost" } : overdue;
}

/** The time that it waited for approval, and for its turn where the agent says when it starts, does not count. */
function overdueAt({ status, created_at, sent_at, started_at, timeout_s, approval }: CommandRecord): number {
  if (status === "waiting") return Date.parse(created_at) + WAIT_AT_MOST_MS;
  if (status === "awaiting_approval") return Date.parse(approval?.expires_at ?? created_at) + GRACE_MS;
  if (status !== "running") return Infinity;
  const since = Math.max(Date.parse(sent_at ?? created_at), Date.parse(started_at ?? created_at));
  return since + timeout_s * 1000 + GRACE_MS;
}
