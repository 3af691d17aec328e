/** What can be done with the tasks that are chosen; how far that is, and what came of it. */
import { useMemo } from "preact/hooks";
import type { BulkAction, BulkDesk } from "../../lib/tasks/bulk_desk.ts";
import { idsWhere, NOTHING } from "../../lib/tasks/selection.ts";
import type { TaskList } from "../../lib/tasks/task_list.ts";
import { mayCancel, mayRetry } from "../../lib/tasks/task_item.ts";
import { counted } from "../../lib/texts/fill.ts";
import { useAction } from "../ui/action.ts";
import { BulkReport } from "../ui/BulkReport.tsx";
import { useConfirm } from "../ui/Confirm.tsx";
import { Close, Retry, Stop } from "../ui/icons.tsx";
import { useLanguage, useTexts } from "../ui/Page.tsx";

interface BarProps {
  list: TaskList;
  desk: BulkDesk;
}

export function BulkBar({ list, desk }: BarProps) {
  const [t, language] = [useTexts("tasks"), useLanguage()];
  const [action, confirm] = [useAction(), useConfirm()];
  const selection = list.selection.value;
  const ids: Record<BulkAction, string[]> = useMemo(() => ({
    retry: idsWhere(selection, mayRetry),
    cancel: idsWhere(selection, mayCancel),
  }), [selection]);
  const work = desk.work.value;
  const isBusy = desk.isGathering.value || work?.bulk.progress.value.state === "working";
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
    await desk.act(what, chosen);
  };

  return (
    <div class="bulk">
      {selection.size > 0 && !isBusy && (
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
      {desk.isGathering.value && <Gathering count={selection.size} onStop={() => desk.stopGathering()} />}
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
      {work && (
        <BulkReport
          bulk={work.bulk}
          doing={work.what === "retry" ? t.retrying : t.cancelling}
          done={work.what === "retry" ? t.retried : t.cancelled}
          hrefOf={(id) => `/tasks/${encodeURIComponent(id)}`}
          onDismiss={() => desk.work.value = undefined}
        />
      )}
      {confirm.dialog}
    </div>
  );
}

/** That tasks are being looked for, and the way to stop it. */
function Gathering({ count, onStop }: { count: number; onStop: () => void }) {
  const [t, language] = [useTexts("tasks"), useLanguage()];
  const text = counted(t.gathering, count, language);
  return (
    <div class="bulk-bar">
      <progress aria-label={text} />
      <span class="number">{text}</span>
      <button type="button" class="button" onClick={onStop}>
        <Stop /> {t.stop}
      </button>
    </div>
  );
}
