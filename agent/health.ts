/** How an agent says that it is: its status, and figures that people are shown. */
import type { Health } from "./connection.ts";

export interface Figures {
  /** Requests that are answered now. */
  running?: number;
  answered?: number;
  failed?: number;
  isPaused: boolean;
  maxConcurrent: number;
  commandsRunning: number;
  tasksRunning: number;
  upMs: number;
  memoryBytes: number;
}

/** Makes of `figures` what the agent's heartbeats say. */
export function healthOf({ running = 0, answered = 0, failed = 0, ...figures }: Figures): Health {
  const { isPaused, maxConcurrent, commandsRunning, tasksRunning, upMs, memoryBytes } = figures;
  return {
    status: isPaused ? "paused" : running + tasksRunning >= maxConcurrent ? "busy" : "idle",
    metrics: {
      internal_state: isPaused ? "paused" : stateOf(running, tasksRunning),
      current_tasks: String(running + tasksRunning),
      messages_answered: String(answered),
      messages_failed: String(failed),
      commands_running: String(commandsRunning),
      uptime_s: String(Math.round(upMs / 1_000)),
      memory_mb: String(Math.round(memoryBytes / 1_048_576)),
    },
  };
}

function stateOf(running: number, tasksRunning: number): string {
  const answering = running > 0 ? [`answering ${running}`] : [];
  const working = tasksRunning > 0
    ? [`working on ${tasksRunning} ${tasksRunning === 1 ? "task" : "tasks"}`]
    : [];
  return [...answering, ...working].join(", ");
}
