/** What can be done with one task: cancel it, or have it tried again. */
import { ask } from "../../lib/live/api.ts";
import { patiently } from "../../lib/live/patiently.ts";
import { mayCancel, mayRetry, type TaskItem } from "../../lib/tasks/task_item.ts";
import type { TaskWatch } from "../../lib/tasks/task_watch.ts";
import type { Action } from "../ui/action.ts";
import { useConfirm } from "../ui/Confirm.tsx";
import { Retry, Stop } from "../ui/icons.tsx";
import { useTexts } from "../ui/Page.tsx";

interface ActionsProps {
  watch: TaskWatch;
  task: TaskItem;
  action: Action;
}

export function TaskActions({ watch, task, action }: ActionsProps) {
  const [t, confirm] = [useTexts("tasks"), useConfirm()];
  const change = (what: "cancel" | "retry") =>
    action.run(async () => {
      watch.take(await patiently(() => ask<TaskItem>(`${watch.path}/${what}`, { method: "POST" })));
    });
  const cancel = async () => {
    const question = { title: t.cancelOneQuestion, text: t.cancelOneText, action: t.cancelOne };
    if (await confirm.ask(question)) await change("cancel");
  };
  return (
    <div class="task-actions with-script">
      {mayRetry(task.status) && (
        <button
          type="button"
          class="button"
          disabled={action.isBusy}
          onClick={() => change("retry")}
        >
          <Retry /> {t.retry}
        </button>
      )}
      {mayCancel(task.status) && (
        <button type="button" class="button" disabled={action.isBusy} onClick={cancel}>
          <Stop /> {t.cancelOne}
        </button>
      )}
      {confirm.dialog}
    </div>
  );
}
