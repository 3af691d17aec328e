/** What came of something that was done with many tasks: how many, and which were not, and why. */
import type { BulkResult } from "../../lib/tasks/bulk.ts";
import type { BulkAction } from "../../lib/tasks/bulk_desk.ts";
import { counted, fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { Close } from "../ui/icons.tsx";
import { useLanguage, useTexts } from "../ui/Page.tsx";

/** Of those that failed for one reason, so many are named. */
const MOST_NAMED = 10;

interface ResultProps {
  result: BulkResult & { what: BulkAction };
  onDismiss: () => void;
}

export function BulkResultView({ result: { what, done, failed, left }, onDismiss }: ResultProps) {
  const [t, language] = [useTexts("tasks"), useLanguage()];
  return (
    <div class="card bulk-result">
      <div>
        <p>{counted(what === "retry" ? t.retried : t.cancelled, done, language)}</p>
        {[...failed].map(([reason, ids]) => (
          <div key={reason} class="bulk-failure">
            <p>{fill(counted(t.notDone, ids.length, language), { reason: oneLine(reason) })}</p>
            <ul class="tags">
              {ids.slice(0, MOST_NAMED).map((id) => (
                <li key={id}>
                  <a href={`/tasks/${encodeURIComponent(id)}`}>{id}</a>
                </li>
              ))}
              {ids.length > MOST_NAMED && <li>{counted(t.andMore, ids.length - MOST_NAMED, language)}</li>}
            </ul>
          </div>
        ))}
        {left > 0 && <p>{counted(t.stopped, left, language)}</p>}
      </div>
      <button type="button" class="icon-button" aria-label={t.dismiss} onClick={onDismiss}>
        <Close />
      </button>
    </div>
  );
}
