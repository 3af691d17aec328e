/** One task: how it stands, what came of it, and all that happened to it. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { AgentInfo } from "../../shared/model/agent.ts";
import { Attempts } from "../components/tasks/Attempts.tsx";
import { JsonView, LongText } from "../components/tasks/JsonView.tsx";
import { Outcome } from "../components/tasks/Outcome.tsx";
import { Subtasks } from "../components/tasks/Subtasks.tsx";
import { TaskActions } from "../components/tasks/TaskActions.tsx";
import { TaskFacts } from "../components/tasks/TaskFacts.tsx";
import { useAction } from "../components/ui/action.ts";
import { NobodyOnline } from "../components/ui/NobodyOnline.tsx";
import { Page, useTexts } from "../components/ui/Page.tsx";
import { PageFrame } from "../components/ui/PageFrame.tsx";
import { RosterWatch } from "../lib/live/roster_watch.ts";
import { subtasksOf } from "../lib/tasks/filter.ts";
import type { TaskFirstPaint } from "../lib/tasks/first_paint.ts";
import { TaskList } from "../lib/tasks/task_list.ts";
import type { TaskItem } from "../lib/tasks/task_item.ts";
import { TaskWatch } from "../lib/tasks/task_watch.ts";
import type { Speech } from "../lib/texts/texts.ts";
import { oneLine } from "../lib/ui/plain_text.ts";

export interface TaskPageProps {
  speech: Speech;
  first: TaskFirstPaint;
}

export default function TaskPage({ speech, first }: TaskPageProps) {
  return (
    <Page speech={speech} now={first.now}>
      <OneTask first={first} />
    </Page>
  );
}

function OneTask({ first }: { first: TaskFirstPaint }) {
  const t = useTexts("tasks");
  const action = useAction();
  const [isLive, setLive] = useState(false);
  const roster = useMemo(() => new RosterWatch(first.agents), []);
  const watch = useMemo(() => new TaskWatch(first.id, { task: first.task, isUnknown: first.isUnknown }), []);
  useEffect(
    () => roster.open(() => watch.read().catch(() => {/* the banner says that the server is away */})),
    [],
  );
  useEffect(() => watch.open(), []);
  useEffect(() => setLive(true), []);
  const task = watch.task.value;
  const agents = roster.agents.value;
  // Who is there decides whether it waits, and why.
  useEffect(() => {
    if (task?.status === "pending") watch.readSoon();
  }, [agents]);
  return (
    <PageFrame
      title={
        <>
          <a href="/tasks" class="task-back">{t.title}</a> {oneLine(task?.task_type ?? first.id)}
        </>
      }
      link={roster.link}
      onRetry={() => roster.retry()}
      live={isLive}
      actions={task && <TaskActions watch={watch} task={task} action={action} />}
    >
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
      {roster.link.value.state === "open" && watch.wasLost.value && <p class="quiet">{t.notHeard}</p>}
      {task
        ? <Details task={task} agents={agents} subtasks={first.subtasks} />
        : <Missing isUnknown={watch.isUnknown.value} />}
    </PageFrame>
  );
}

interface DetailsProps {
  task: TaskItem;
  agents: readonly AgentInfo[];
  subtasks: TaskFirstPaint["subtasks"];
}

function Details({ task, agents, subtasks }: DetailsProps) {
  const t = useTexts("tasks");
  const list = useMemo(() => {
    const filter = subtasksOf(task.task_id);
    const events = `/api/task-events?${new URLSearchParams({ parent: task.task_id })}`;
    return new TaskList(subtasks, { filter, cursor: "", events });
  }, []);
  useEffect(() => list.open(), []);
  return (
    <>
      {task.status === "pending" && task.waiting_reason && (
        <p class="task-waits" dir="auto">
          <strong>{t.waiting}:</strong> {oneLine(task.waiting_reason)}
        </p>
      )}
      <section class="card">
        <TaskFacts task={task} agents={agents} />
        {task.progress_note && <p class="quiet task-note" dir="auto">{oneLine(task.progress_note)}</p>}
      </section>
      {task.description && (
        <section class="section">
          <h2>{t.description}</h2>
          <LongText label={t.description} text={task.description} isProse />
        </section>
      )}
      <Outcome task={task} />
      <Attempts task={task} agents={agents} />
      <section class="section">
        <h2>{t.parameters}</h2>
        {Object.keys(task.parameters).length > 0
          ? <JsonView label={t.parameters} value={task.parameters} />
          : <p class="quiet">{t.noParameters}</p>}
      </section>
      <Subtasks list={list} agents={agents} />
    </>
  );
}

function Missing({ isUnknown }: { isUnknown: boolean }) {
  const t = useTexts("tasks");
  if (!isUnknown) {
    return (
      <div class="empty">
        <NobodyOnline isServerAway />
      </div>
    );
  }
  return (
    <div class="empty">
      <h2>{t.unknown}</h2>
      <p>{t.unknownText}</p>
      <p>
        <a class="button" href="/tasks">{t.allTasks}</a>
      </p>
    </div>
  );
}
