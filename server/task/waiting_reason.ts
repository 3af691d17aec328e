/** Why nobody has a task yet: in words that tell whom to start, or that it is only a matter of time. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import type { Wanted } from "./backlog.ts";
import { isAssignable } from "./due.ts";
import { wantedBy } from "./scheduler.ts";

export interface Surroundings {
  nowMs: number;
  /** Whether somebody who is here could do it, however busy. */
  isAnybodyAble: (wanted: Wanted) => boolean;
  /** Whether somebody who could do it is free, or it is being given to somebody. */
  isAboutToBegin: (taskId: string, wanted: Wanted) => boolean;
  /** Everybody that is known, offline ones included. */
  known: () => readonly Pick<AgentInfo, "agent_id" | "capabilities" | "is_online">[];
}

/** Gives the reason; null where somebody has the task, or had, or is just being given it. */
export function waitingReason(
  task: TaskRecord,
  { nowMs, isAnybodyAble, isAboutToBegin, known }: Surroundings,
): string | null {
  if (task.status !== "pending") return null;
  if (!isAssignable(task, nowMs)) {
    return `Attempt ${task.attempt} failed; it is tried again at ${task.not_before}.`;
  }
  const wanted = wantedBy(task);
  if (isAnybodyAble(wanted)) {
    return isAboutToBegin(task.task_id, wanted) ? null : "All agents that can do it are busy.";
  }
  const agents = known();
  const capabilities = new Set(agents.flatMap((agent) => agent.capabilities));
  const unknown = task.required_capabilities.filter((name) => !capabilities.has(name));
  if (unknown.length > 0) {
    const names = unknown.map((name) => `'${name}'`).join(", ");
    return `No agent that was ever here has the capability ${names}. It starts when one comes.`;
  }
  return `No agent that takes '${task.task_type}' is online. It starts when one comes.`;
}
