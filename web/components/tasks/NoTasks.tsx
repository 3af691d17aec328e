/** What an empty list says: what to do next. */
import type { TaskFilter } from "../../lib/tasks/filter.ts";
import { isFiltered, pageHref } from "../../lib/tasks/filter.ts";
import { fill } from "../../lib/texts/fill.ts";
import { Plus } from "../ui/icons.tsx";
import { CommandLine, NobodyOnline } from "../ui/NobodyOnline.tsx";
import { useTexts } from "../ui/Page.tsx";

const EXAMPLE = { task_type: "echo", parameters: { text: "Hello" } };

interface NoTasksProps {
  filter: TaskFilter;
  cursor: string;
  isServerAway: boolean;
  /** Whether the server answered at all. */
  isRead: boolean;
}

export function NoTasks({ filter, cursor, isServerAway, isRead }: NoTasksProps) {
  const t = useTexts("tasks");
  if (isServerAway && !isRead) {
    return (
      <div class="empty">
        <NobodyOnline isServerAway />
      </div>
    );
  }
  if (!isRead) return <Unreadable filter={filter} title={t.unreadable} />;
  if (cursor) return <Unreadable filter={filter} title={t.noPage} />;
  if (!isFiltered(filter)) return <NoneYet />;
  return (
    <div class="empty">
      <h2>{t.noMatch}</h2>
      <p>{t.noMatchText}</p>
      <p>
        <a class="button" href="/tasks">{t.clear}</a>
      </p>
    </div>
  );
}

function Unreadable({ filter, title }: { filter: TaskFilter; title: string }) {
  const t = useTexts("tasks");
  return (
    <div class="empty">
      <h2>{title}</h2>
      <p>
        <a class="button" href={pageHref(filter)}>{t.toNewest}</a>
      </p>
    </div>
  );
}

function NoneYet() {
  const t = useTexts("tasks");
  return (
    <div class="empty">
      <h2>{t.empty}</h2>
      <p>{t.emptyText}</p>
      <SubmitCommands />
      <p class="with-script">
        <a class="button primary" href="/tasks?new">
          <Plus /> {t.new}
        </a>
      </p>
    </div>
  );
}

/** The commands that submit a task without this page. */
export function SubmitCommands() {
  const t = useTexts("tasks");
  return (
    <div class="task-commands">
      <CommandLine command={t.emptyCommand} />
      <CommandLine command={fill(t.emptyCurl, { server: t.emptyServer, json: JSON.stringify(EXAMPLE) })} />
    </div>
  );
}
