/** All tasks: which there are, how they stand, and what is done with many of them at once. */
import { useEffect, useMemo } from "preact/hooks";
import { BulkBar } from "../components/tasks/BulkBar.tsx";
import { FreshTasks } from "../components/tasks/FreshTasks.tsx";
import { NoTasks, SubmitCommands } from "../components/tasks/NoTasks.tsx";
import { useSubmitDialog } from "../components/tasks/submit_dialog.ts";
import { SubmitDialog } from "../components/tasks/SubmitDialog.tsx";
import { TaskFilters } from "../components/tasks/TaskFilters.tsx";
import { TaskTable } from "../components/tasks/TaskTable.tsx";
import { Plus } from "../components/ui/icons.tsx";
import { Page, useTexts } from "../components/ui/Page.tsx";
import { PageFrame } from "../components/ui/PageFrame.tsx";
import { RosterWatch } from "../lib/live/roster_watch.ts";
import { BulkDesk } from "../lib/tasks/bulk_desk.ts";
import { pageHref } from "../lib/tasks/filter.ts";
import type { TasksFirstPaint } from "../lib/tasks/first_paint.ts";
import { TaskList } from "../lib/tasks/task_list.ts";
import type { Speech } from "../lib/texts/texts.ts";

export interface TasksPageProps {
  speech: Speech;
  first: TasksFirstPaint;
}

export default function TasksPage({ speech, first }: TasksPageProps) {
  return (
    <Page speech={speech} now={first.now}>
      <Tasks first={first} />
    </Page>
  );
}

function Tasks({ first }: { first: TasksFirstPaint }) {
  const t = useTexts("tasks");
  const { filter, cursor } = first;
  const roster = useMemo(() => new RosterWatch(first.agents), []);
  const list = useMemo(() => new TaskList(first.tasks, { filter, cursor, events: "/api/task-events" }), []);
  const desk = useMemo(() => new BulkDesk(list), []);
  const dialog = useSubmitDialog(first.isSubmitting);
  useEffect(() => roster.open(), []);
  useEffect(() => list.open(), []);
  // Who is there decides what waits, and why.
  useEffect(() => list.askReasons(), [roster.agents.value]);

  const isEmpty = list.rows.value.shown.length === 0;
  const agents = roster.agents.value;
  return (
    <PageFrame
      title={t.title}
      link={roster.link}
      onRetry={() => roster.retry()}
      live={dialog.isLive}
      actions={
        <a class="button primary task-new with-script" href="/tasks?new" onClick={dialog.onLink}>
          <Plus /> {t.new}
        </a>
      }
    >
      {first.isSubmitting && (
        <div class="card without-script">
          <p>{t.needsScript}</p>
          <SubmitCommands />
        </div>
      )}
      <TaskFilters filter={filter} agents={agents} />
      <section class="section">
        <NotHeard list={list} isLinked={roster.link.value.state === "open"} />
        <FreshTasks list={list} />
        {isEmpty
          ? (
            <NoTasks
              filter={filter}
              cursor={cursor}
              isServerAway={roster.isServerAway.value}
              isRead={list.isRead.value}
            />
          )
          : <TaskTable list={list} agents={agents} label={t.list} isChoosable />}
        <BulkBar list={list} desk={desk} />
        <Paging list={list} />
      </section>
      {dialog.wasOpened && (
        <SubmitDialog isOpen={dialog.isOpen} agents={agents} filter={filter} onClose={dialog.close} />
      )}
    </PageFrame>
  );
}

/** The banner speaks where the whole server is away; this line where only the news are missing. */
function NotHeard({ list, isLinked }: { list: TaskList; isLinked: boolean }) {
  const t = useTexts("tasks");
  return isLinked && list.wasLost.value ? <p class="quiet" role="status">{t.notHeard}</p> : null;
}

function Paging({ list }: { list: TaskList }) {
  const t = useTexts("tasks");
  const { filter, cursor } = list.options;
  const next = list.next.value;
  // Where nothing is shown, the page leads to the newest already.
  if (list.rows.value.shown.length === 0 || !cursor && next === null) return null;
  return (
    <nav class="task-pages" aria-label={t.pages}>
      {cursor && <a class="button" href={pageHref(filter)}>{t.newest}</a>}
      {next !== null && <a class="button" href={pageHref(filter, next)} rel="next">{t.older}</a>}
    </nav>
  );
}
