/** The words of coordination: who an agent is, what a message is about, how urgent it is. */
import type { PRIORITY_NAMES } from "../../shared/model/task.ts";

/** What an agent is among others. It describes, and grants nothing; other words are roles, too. */
export const AgentRole = {
  SUPERVISOR: "supervisor",
  COORDINATOR: "coordinator",
  WORKER: "worker",
  RESEARCHER: "researcher",
  TESTER: "tester",
  DEVOPS: "devops",
  DOCUMENTATION: "documentation",
} as const;
export type AgentRole = typeof AgentRole[keyof typeof AgentRole];

/** What a message is about. `TASK_ASSIGNMENT` is another name of `TASK_REQUEST`, read and written alike. */
export const MessageType = {
  TASK_REQUEST: "TASK_REQUEST",
  TASK_ASSIGNMENT: "TASK_REQUEST",
  TASK_RESPONSE: "TASK_RESPONSE",
  TASK_UPDATE: "TASK_UPDATE",
  STATUS_UPDATE: "STATUS_UPDATE",
  HEARTBEAT: "HEARTBEAT",
  ERROR_REPORT: "ERROR_REPORT",
  COORDINATION: "COORDINATION",
  COMPLETION: "COMPLETION",
  BROADCAST: "BROADCAST",
} as const;
export type MessageType = typeof MessageType[keyof typeof MessageType];

/** How urgent a message or a task is: 1 comes first. */
export const MessagePriority = {
  CRITICAL: 1,
  HIGH: 2,
  MEDIUM: 3,
  LOW: 4,
  BACKGROUND: 5,
} as const satisfies Record<Uppercase<typeof PRIORITY_NAMES[number]>, number>;
export type MessagePriority = typeof MessagePriority[keyof typeof MessagePriority];

/** Gives the one name of a type of message, in whichever case and by whichever of its names it came. */
export function messageTypeOf(word: string): string {
  const upper = word.trim().toUpperCase();
  return upper === "TASK_ASSIGNMENT" ? MessageType.TASK_REQUEST : upper;
}
