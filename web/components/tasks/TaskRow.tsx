/** One task of a list. It is drawn again only when something of it has changed. */
import { useMemo } from "preact/hooks";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { nameOf } from "../../lib/live/roster.ts";
import type { TaskItem } from "../../lib/tasks/task_item.ts";
import { fill } from "../../lib/texts/fill.ts";
import { shortLine } from "../../lib/ui/plain_text.ts";
import { useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";
import { AgentLink } from "./AgentLink.tsx";
import { ProgressBar } from "./Progress.tsx";
import { TaskStatus } from "./TaskStatus.tsx";

/** Characters of a description in a row. */
const MOST_DESCRIBED = 160;

interface RowProps {
  task: TaskItem;
  agents: readonly AgentInfo[];
  /** Absent: this list chooses nothing. */
  choosing?: { isChosen: boolean; choose(task: TaskItem, event: MouseEvent): void };
}

export function TaskRow({ task, agents, choosing }: RowProps) {
  const name = task.agent_id && nameOf(agents, task.agent_id);
  return useMemo(() => <Row task={task} agents={agents} choosing={choosing} />, [
    task,
    name,
    choosing?.isChosen,
    choosing === undefined,
  ]);
}

function Row({ task, agents, choosing }: RowProps) {
  const t = useTexts("tasks");
  const type = shortLine(task.task_type, MOST_DESCRIBED);
  return (
    <tr
      data-task={task.task_id}
      data-status={task.status}
      data-chosen={choosing?.isChosen ? "yes" : undefined}
    >
      {choosing && (
        <td class="task-choice">
          <input
            type="checkbox"
            checked={choosing.isChosen}
            aria-label={fill(t.selectTask, { name: `${type} ${task.task_id}` })}
            onClick={(event) => choosing.choose(task, event)}
          />
        </td>
      )}
      <td class="task-name">
        <a href={`/tasks/${encodeURIComponent(task.task_id)}`} dir="auto">{type}</a>
        <Line text={task.description} />
      </td>
      <td class="task-state" data-label={t.status}>
        <TaskStatus status={task.status} />
        {task.status === "pending" && <Line text={task.waiting_reason ?? ""} />}
      </td>
      <td data-label={t.agent}>
        {task.agent_id ? <AgentLink id={task.agent_id} agents={agents} /> : <span class="quiet">–</span>}
      </td>
      <td class="task-short" data-label={t.priority}>{t.priorities[task.priority - 1] ?? task.priority}</td>
      <td data-label={t.attempt} class="number">{task.attempt}</td>
      <td data-label={t.progress}>
        {hasProgress(task)
          ? <ProgressBar label={`${t.progress}: ${type}`} value={task.progress} />
          : <span class="quiet">–</span>}
      </td>
      <td class="task-short" data-label={t.created}>
        <Ago iso={task.created_at} />
      </td>
    </tr>
  );
}

/** Nothing done is worth a bar only while somebody is at it. */
function hasProgress({ progress, status }: TaskItem): boolean {
  return progress > 0 || status === "assigned" || status === "in_progress" || status === "completed";
}

/** A line of others' text below something, cut. */
function Line({ text }: { text: string }) {
  const shown = shortLine(text, MOST_DESCRIBED);
  return shown ? <p class="quiet task-line" dir="auto">{shown}</p> : null;
}
