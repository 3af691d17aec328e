/** The tasks that are a part of this one, live. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { pageHref } from "../../lib/tasks/filter.ts";
import type { TaskList } from "../../lib/tasks/task_list.ts";
import { useTexts } from "../ui/Page.tsx";
import { FreshTasks } from "./FreshTasks.tsx";
import { TaskTable } from "./TaskTable.tsx";

export function Subtasks({ list, agents }: { list: TaskList; agents: readonly AgentInfo[] }) {
  const t = useTexts("tasks");
  const isEmpty = list.rows.value.shown.length === 0;
  return (
    <section class="section">
      <div class="section-head">
        <h2>{t.subtasks}</h2>
        {!isEmpty && <a href={pageHref(list.options.filter)}>{t.allSubtasks}</a>}
      </div>
      <FreshTasks list={list} />
      {isEmpty
        ? <p class="quiet">{t.noSubtasks}</p>
        : <TaskTable list={list} agents={agents} label={t.subtasks} />}
    </section>
  );
}
