/** The tasks that an agent has, or had last. */
import type { TaskRecord } from "../../../shared/model/task.ts";
import type { PagedList } from "../../lib/agents/paged_list.ts";
import { inert, oneLine } from "../../lib/ui/plain_text.ts";
import { useLanguage, useTexts } from "../ui/Page.tsx";
import { Ago } from "../ui/Time.tsx";
import { PagedSection } from "./PagedSection.tsx";

const LONGEST = 200;

export function AgentTasks({ list }: { list: PagedList<TaskRecord> }) {
  const t = useTexts("agents");
  const empty = (
    <div class="empty">
      <h2>{t.noTasks}</h2>
      <p>{t.noTasksText}</p>
      <a class="button" href="/tasks">{t.toTasks}</a>
    </div>
  );
  return (
    <PagedSection id="tasks-title" title={t.viewNames.tasks} list={list} empty={empty}>
      {(tasks) => <ul class="card entries">{tasks.map((task) => <Row key={task.task_id} task={task} />)}</ul>}
    </PagedSection>
  );
}

function Row({ task }: { task: TaskRecord }) {
  const [t, language] = [useTexts("agents"), useLanguage()];
  const { status, progress } = task;
  const percent = progress.toLocaleString(language, { style: "percent" });
  return (
    <li data-task={task.task_id}>
      <p class="entry-head">
        <a href={`/tasks/${encodeURIComponent(task.task_id)}`} dir="auto">{oneLine(task.task_type)}</a>
        <span class={`outcome outcome-${status}`}>{t.taskStatus[status] ?? status}</span>
        {status === "in_progress" && progress > 0 && <span class="quiet">{percent}</span>}
        <span class="quiet entry-time">
          <Ago iso={task.updated_at} />
        </span>
      </p>
      {task.description && <p class="entry-text" dir="auto">{inert(task.description.slice(0, LONGEST))}</p>}
      {task.error && <p class="entry-text bad" dir="auto">{oneLine(task.error.slice(0, LONGEST))}</p>}
    </li>
  );
}
