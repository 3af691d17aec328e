/** How far something is that is being done to many, the way to stop it, and what came of it. */
import { useEffect, useRef } from "preact/hooks";
import type { Bulk, Progress } from "../../lib/live/bulk.ts";
import { counted, fill } from "../../lib/texts/fill.ts";
import type { Counted } from "../../lib/texts/texts.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { failureText } from "./action.ts";
import { Close, Stop } from "./icons.tsx";
import { useLanguage, useTexts } from "./Page.tsx";

interface BulkReportProps {
  bulk: Bulk;
  /** What is being done, such as "Deleting". */
  doing: string;
  /** How many it was done to, once it is over. */
  done: Counted;
  /** Where one of them is seen. */
  hrefOf(id: string): string;
  onDismiss(): void;
}

export function BulkReport({ bulk, doing, done, hrefOf, onDismiss }: BulkReportProps) {
  const [t, language] = [useTexts("bulk"), useLanguage()];
  const section = useRef<HTMLElement>(null);
  // The button that was pressed is switched off or gone now, and would leave the keyboard nowhere.
  useEffect(() => section.current?.focus(), [bulk]);
  const progress = bulk.progress.value;
  const { state } = progress;
  const isWorking = state === "working";
  const said = counted(done, progress.done, language) + (state === "stopped" ? ` ${t.stopped}` : "");
  return (
    <section class="work card" data-work={state} ref={section} tabIndex={-1} aria-label={doing}>
      {isWorking && <Going progress={progress} doing={doing} onStop={() => bulk.stop()} />}
      <div class="work-over">
        <p role="status">{!isWorking && said}</p>
        {!isWorking && (
          <button type="button" class="icon-button" aria-label={t.dismiss} onClick={onDismiss}>
            <Close />
          </button>
        )}
      </div>
      {state === "broken off" && <BrokenOff error={progress.error} />}
      {!isWorking && progress.failed > 0 && <NotDone progress={progress} hrefOf={hrefOf} />}
    </section>
  );
}

function Going({ progress, doing, onStop }: { progress: Progress; doing: string; onStop: () => void }) {
  const [t, language] = [useTexts("bulk"), useLanguage()];
  const { done, failed, total, isPausing } = progress;
  const [doneSo, totalSo] = [done.toLocaleString(language), total?.toLocaleString(language) ?? ""];
  const said = [
    fill(total === undefined ? t.progress : t.progressOf, { what: doing, done: doneSo, total: totalSo }),
    failed > 0 && counted(t.failed, failed, language),
    isPausing && t.waitingForServer,
  ].filter(Boolean);
  return (
    <div class="work-going">
      <progress aria-label={doing} max={total} value={total === undefined ? undefined : done + failed} />
      <p>{said.join(" · ")}</p>
      <button type="button" class="button" onClick={onStop}>
        <Stop /> {t.stop}
      </button>
    </div>
  );
}

function BrokenOff({ error }: { error: unknown }) {
  const [t, common] = [useTexts("bulk"), useTexts("common")];
  const reason = failureText(error, { ...common, failed: "{reason}" });
  return <p class="failure-line" role="alert">{fill(t.brokenOff, { reason })}</p>;
}

function NotDone(
  { progress: { failed, reasons }, hrefOf }: Pick<BulkReportProps, "hrefOf"> & { progress: Progress },
) {
  const [t, language] = [useTexts("bulk"), useLanguage()];
  const said = [...reasons.values()].reduce((sum, { count }) => sum + count, 0);
  return (
    <div class="work-failures">
      {[...reasons].map(([reason, { count, ids }]) => (
        <div key={reason}>
          <p dir="auto">{fill(counted(t.notDone, count, language), { reason: oneLine(reason) })}</p>
          <ul class="tags">
            {ids.map((id) => (
              <li key={id}>
                <a href={hrefOf(id)}>{oneLine(id)}</a>
              </li>
            ))}
            {count > ids.length && <li>{counted(t.andMore, count - ids.length, language)}</li>}
          </ul>
        </div>
      ))}
      {failed > said && <p>{counted(t.andMore, failed - said, language)}</p>}
    </div>
  );
}
