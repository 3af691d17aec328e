/** Tasks as a table, as a line, and one of them in full. */
import type { TaskAttempt, TaskRecord } from "../../shared/model/task.ts";
import type { Shown } from "./agents_table.ts";
import { jsonOf, lineByLine, oneLine } from "./harmless.ts";
import { colourOf, paint } from "./paint.ts";
import { tableOf } from "./table.ts";
import { timeAgo } from "./time.ts";

/** A task as the server shows it. */
export type ShownTask = TaskRecord & { waiting_reason?: string | null; subtask_ids?: string[] };

/** Draws tasks, in the order given. `nameOf` gives an agent's name. */
export function tasksTable(
  tasks: readonly ShownTask[],
  { nowMs, nameOf, ...options }: Shown & { nameOf: (agentId: string) => string },
): string {
  return tableOf(tasks, [
    { title: "ID", cell: ({ task_id }) => task_id, isWhole: true },
    { title: "TYPE", cell: ({ task_type }) => task_type },
    {
      title: "STATUS",
      cell: ({ status }) => status,
      colour: ({ status }) => colourOf(status),
      isWhole: true,
    },
    { title: "DONE", cell: percentOf, isNumber: true, isWhole: true, goes: 4 },
    { title: "AGENT", cell: ({ agent_id }) => agent_id && nameOf(agent_id), goes: 2 },
    { title: "PRIO", cell: ({ priority }) => String(priority), isNumber: true, isWhole: true, goes: 5 },
    { title: "ASKED", cell: ({ created_at }) => timeAgo(created_at, nowMs), isWhole: true, goes: 3 },
    { title: "ABOUT", cell: aboutOf, least: 20, goes: 1 },
  ], options);
}

function percentOf({ progress, status }: TaskRecord): string {
  return status === "pending" && progress === 0 ? "" : `${Math.floor(progress * 100)} %`;
}

/** What there is to say of it now. */
function aboutOf({ error, waiting_reason, progress_note, description }: ShownTask): string {
  return error ?? waiting_reason ?? progress_note ?? description;
}

/** Says in a sentence how a task stands. */
export function standingOf(
  { status, agent_id, attempt, progress_note, waiting_reason, ...task }: ShownTask,
): string {
  switch (status) {
    case "pending":
      return waiting_reason ?? task.error ?? "It waits for an agent.";
    case "assigned":
      return `${agent_id} has it${attempt > 1 ? ` (attempt ${attempt})` : ""}.`;
    case "in_progress":
      return `${percentOf({ ...task, status } as TaskRecord)}${progress_note ? ` ${progress_note}` : ""}`;
    case "completed":
      return "Completed.";
    default:
      return task.error ?? `It is '${status}'.`;
  }
}

/** Shows one task: what was asked for, what became of it, and every attempt. */
export function taskInFull(task: ShownTask, { isColoured }: { isColoured: boolean }): string {
  const facts: [string, string | null | undefined][] = [
    ["task", task.task_id],
    ["type", task.task_type],
    ["status", task.status],
    ["why", task.waiting_reason],
    ["agent", task.agent_id],
    ["done", percentOf(task) && [percentOf(task), task.progress_note].filter(Boolean).join(" ")],
    ["error", task.error],
    ["asked", `${task.created_at} by ${task.requested_by}`],
    ["ended", task.ended_at],
    ["priority", String(task.priority)],
    ["needs", task.required_capabilities.join(" ")],
    ["deadline", task.deadline],
    ["part of", task.parent_task_id],
    ["parts", task.subtask_ids?.join(" ")],
    ...task.attempts.map((attempt): [string, string] => [`attempt ${attempt.attempt}`, attemptOf(attempt)]),
    ["about", task.description],
    ["with", Object.keys(task.parameters).length > 0 ? JSON.stringify(task.parameters) : null],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value ? [`${paint(name.padEnd(10), isColoured ? "bold" : undefined)}  ${oneLine(value)}\n`] : []
  );
  return lines.join("") + (task.result === null ? "" : `\n${resultOf(task)}`);
}

/** Shows what came of a task: a text as it is, anything else as JSON. */
export function resultOf({ result }: Pick<TaskRecord, "result">): string {
  if (result === null || result === undefined) return "";
  return (typeof result === "string" ? lineByLine(result).replaceAll("\n  ", "\n") : jsonOf(result, 2)) +
    "\n";
}

function attemptOf({ agent_id, started_at, ended_at, outcome, error }: TaskAttempt): string {
  const end = ended_at ? `${outcome} ${ended_at}` : "under way";
  return [`${agent_id} from ${started_at}: ${end}`, error].filter(Boolean).join(". ");
}
