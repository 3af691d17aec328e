/** How far something is that is being done to many dead letters, and what came of it. */
import { useEffect, useRef } from "preact/hooks";
import type { Progress } from "../../lib/system/bulk.ts";
import type { Work } from "../../lib/system/letters.ts";
import { counted, fill } from "../../lib/texts/fill.ts";
import { inert, oneLine } from "../../lib/ui/plain_text.ts";
import { failureText } from "../ui/action.ts";
import { Stop } from "../ui/icons.tsx";
import { useLanguage, useTexts } from "../ui/Page.tsx";

export function WorkReport({ work: { deed, bulk } }: { work: Work }) {
  const [t, language] = [useTexts("system"), useLanguage()];
  const section = useRef<HTMLElement>(null);
  // The button that was pressed is switched off now, and would leave the keyboard nowhere.
  useEffect(() => section.current?.focus(), [bulk]);
  const progress = bulk.progress.value;
  const { state, done, failed } = progress;
  const isWorking = state === "working";
  const said = counted(deed === "replay" ? t.replayed : t.removed, done, language);
  return (
    <section
      class="work card"
      data-work={state}
      ref={section}
      tabIndex={-1}
      aria-label={deed === "replay" ? t.replay : t.remove}
    >
      {isWorking && (
        <div class="work-going">
          <progress
            aria-label={deed === "replay" ? t.replaying : t.removing}
            max={progress.total}
            value={progress.total && done + failed}
          />
          <p>
            {fill(t.progress, {
              done: done.toLocaleString(language),
              failed: failed.toLocaleString(language),
            })}
            {progress.isPausing && ` · ${t.waitingForServer}`}
          </p>
          <button type="button" class="button" onClick={() => bulk.stop()}>
            <Stop /> {t.stop}
          </button>
        </div>
      )}
      <p role="status" class="outcome">{!isWorking && said + (state === "stopped" ? ` ${t.stopped}` : "")}</p>
      {state === "broken off" && <BrokenOff error={progress.error} />}
      {!isWorking && failed > 0 && <Failures progress={progress} />}
    </section>
  );
}

function BrokenOff({ error }: { error: unknown }) {
  const [t, common] = [useTexts("system"), useTexts("common")];
  return <p class="failure-line" role="alert">{fill(t.brokenOff, { reason: failureText(error, common) })}</p>;
}

function Failures({ progress: { failed, failures } }: { progress: Progress }) {
  const [t, common, language] = [useTexts("system"), useTexts("common"), useLanguage()];
  const more = failed - failures.length;
  return (
    <div class="failures">
      <p>{counted(t.notDone, failed, language)}</p>
      <ul>
        {failures.map(({ id, error }) => (
          <li key={id}>
            <a href={`/system/dead-letters/${encodeURIComponent(id)}`}>
              <code>{oneLine(id)}</code>
            </a>{" "}
            <span dir="auto">{inert(failureText(error, common))}</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p>{counted(t.andMore, more, language)}</p>}
    </div>
  );
}
