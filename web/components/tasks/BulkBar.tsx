/** What can be done with the tasks that are chosen; how far that is, and what came of it. */
import { useMemo } from "preact/hooks";
import type { BulkAction, BulkDesk, Progress } from "../../lib/tasks/bulk_desk.ts";
import { idsWhere, NOTHING } from "../../lib/tasks/selection.ts";
import type { TaskList } from "../../lib/tasks/task_list.ts";
import { mayCancel, mayRetry } from "../../lib/tasks/task_item.ts";
import { counted, fill } from "../../lib/texts/fill.ts";
import { failureText, useAction } from "../ui/action.ts";
import { useConfirm } from "../ui/Confirm.tsx";
import { Close, Retry, Stop } from "../ui/icons.tsx";
import { useLanguage, useTexts } from "../ui/Page.tsx";
import { BulkResultView } from "./BulkResultView.tsx";

interface BarProps {
  list: TaskList;
  desk: BulkDesk;
}

export function BulkBar({ list, desk }: BarProps) {
  const [t, common, language] = [useTexts("tasks"), useTexts("common"), useLanguage()];
  const [action, confirm] = [useAction(), useConfirm()];
  const selection = list.selection.value;
  const ids: Record<BulkAction, string[]> = useMemo(() => ({
    retry: idsWhere(selection, mayRetry),
    cancel: idsWhere(selection, mayCancel),
  }), [selection]);
  const { shown } = list.rows.value;
  const isPageChosen = shown.length > 0 && shown.every(({ task_id }) => selection.has(task_id));
  const isLong = list.next.value !== null || list.options.cursor !== "";

  const act = (what: BulkAction) => async () => {
    const chosen = ids[what];
    const [question, text, word] = what === "retry"
      ? [t.retryQuestion, t.retryText, t.retry]
      : [t.cancelQuestion, t.cancelText, t.cancel];
    const left = selection.size - chosen.length;
    const isYes = await confirm.ask({
      title: counted(question, chosen.length, language),
      text: left > 0 ? `${text} ${counted(t.leftAlone, left, language)}` : text,
      action: word,
    });
    if (!isYes) return;
    await action.run(() =>
      desk.act(what, chosen, (error) => failureText(error, { ...common, failed: "{reason}" }))
    );
    list.selection.value = NOTHING;
  };

  return (
    <div class="bulk">
      {selection.size > 0 && !desk.progress.value && (
        <div class="bulk-bar" role="group" aria-label={counted(t.selected, selection.size, language)}>
          <strong role="status">{counted(t.selected, selection.size, language)}</strong>
          <button type="button" class="button" disabled={ids.retry.length === 0} onClick={act("retry")}>
            <Retry /> {t.retry}
          </button>
          <button type="button" class="button" disabled={ids.cancel.length === 0} onClick={act("cancel")}>
            <Stop /> {t.cancel}
          </button>
          {isPageChosen && isLong && (
            <button
              type="button"
              class="button"
              onClick={() =>
                action.run(() => desk.gather(list.options.filter))}
            >
              {t.selectMatching}
            </button>
          )}
          <button
            type="button"
            class="button"
            onClick={() =>
              list.selection.value = NOTHING}
          >
            <Close /> {t.selectNone}
          </button>
        </div>
      )}
      {desk.progress.value && <Under progress={desk.progress.value} onStop={() => desk.stop()} />}
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
      <div role="status">
        {desk.result.value && (
          <BulkResultView
            result={desk.result.value}
            onDismiss={() => desk.result.value = undefined}
          />
        )}
      </div>
      {confirm.dialog}
    </div>
  );
}

/** What is under way, and the way to stop it. */
function Under({ progress: { what, done, total }, onStop }: { progress: Progress; onStop: () => void }) {
  const [t, language] = [useTexts("tasks"), useLanguage()];
  const text = what === "gather"
    ? counted(t.gathering, done, language)
    : fill(what === "retry" ? t.retrying : t.cancelling, { done, total: total ?? 0 });
  return (
    <div class="bulk-bar">
      <progress aria-label={text} max={total} value={total === undefined ? undefined : done} />
      <span class="number">{text}</span>
      <button type="button" class="button" onClick={onStop}>
        <Stop /> {t.stop}
      </button>
    </div>
  );
}
