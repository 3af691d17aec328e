/** Tasks, one below the other; on a narrow screen each is a card. */
import { useRef } from "preact/hooks";
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { chosen, range } from "../../lib/tasks/selection.ts";
import type { TaskList } from "../../lib/tasks/task_list.ts";
import type { TaskItem } from "../../lib/tasks/task_item.ts";
import { useTexts } from "../ui/Page.tsx";
import { TaskRow } from "./TaskRow.tsx";

interface TableProps {
  list: TaskList;
  agents: readonly AgentInfo[];
  label: string;
  /** Whether rows can be chosen, to do something with them. */
  isChoosable?: boolean;
}

export function TaskTable({ list, agents, label, isChoosable = false }: TableProps) {
  const t = useTexts("tasks");
  const frame = useRef<HTMLDivElement>(null);
  const last = useRef<string>();
  const { shown } = list.rows.value;
  const selection = list.selection.value;
  list.mayPutIn = () => isUntouched(frame.current);

  const choose = (task: TaskItem, event: MouseEvent) => {
    const isChosen = (event.currentTarget as HTMLInputElement).checked;
    const rows = list.rows.value.shown;
    const tasks = event.shiftKey ? range(rows, last.current, task.task_id) : [task];
    list.selection.value = chosen(list.selection.value, tasks, isChosen);
    last.current = task.task_id;
  };
  const names = [t.task, t.status, t.agent, t.priority, t.attempt, t.progress, t.created];
  return (
    <div class="rows task-rows" ref={frame} role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {isChoosable && (
              <th class="task-choice">
                <AllOnPage list={list} />
              </th>
            )}
            {names.map((name) => (
              <th key={name} scope="col" class={name === t.attempt ? "number" : undefined}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((task) => (
            <TaskRow
              key={task.task_id}
              task={task}
              agents={agents}
              choosing={isChoosable ? { isChosen: selection.has(task.task_id), choose } : undefined}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AllOnPage({ list }: { list: TaskList }) {
  const t = useTexts("tasks");
  const { shown } = list.rows.value;
  const count = shown.filter(({ task_id }) => list.selection.value.has(task_id)).length;
  return (
    <label>
      <input
        type="checkbox"
        aria-label={t.selectPage}
        checked={count > 0 && count === shown.length}
        indeterminate={count > 0 && count < shown.length}
        onClick={() => list.selection.value = chosen(list.selection.value, shown, count < shown.length)}
      />
      <span>{t.selectPage}</span>
    </label>
  );
}

/** Whether nobody would mind that rows move: the page is at its top, and neither pointer nor focus is on them. */
function isUntouched(frame: HTMLElement | null): boolean {
  if (!frame) return true;
  const isAtTop = (frame.closest(".page-main")?.scrollTop ?? 0) < 8;
  return isAtTop && !frame.matches(":hover") && !frame.contains(document.activeElement);
}
