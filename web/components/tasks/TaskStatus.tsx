/** How a task stands, as a word with a sign beside it. */
import type { TaskStatus as Status } from "../../../shared/model/task.ts";
import { useTexts } from "../ui/Page.tsx";

export function TaskStatus({ status }: { status: Status }) {
  const t = useTexts("tasks");
  return <span class={`task-status task-${status}`}>{t.statuses[status] ?? status}</span>;
}
