/** What went wrong lately, live. */
import { useEffect, useMemo } from "preact/hooks";
import { Away } from "../components/system/Away.tsx";
import { ErrorEntry } from "../components/system/ErrorEntry.tsx";
import { SystemNav } from "../components/system/SystemNav.tsx";
import { Page, useLanguage, useTexts } from "../components/ui/Page.tsx";
import { PageFrame } from "../components/ui/PageFrame.tsx";
import { type ErrorsFirst, ErrorsWatch } from "../lib/system/errors_watch.ts";
import { counted } from "../lib/texts/fill.ts";
import type { Speech } from "../lib/texts/texts.ts";

export interface ErrorsPageProps {
  speech: Speech;
  first: ErrorsFirst;
}

export default function ErrorsPage({ speech, first }: ErrorsPageProps) {
  return (
    <Page speech={speech} now={first.now}>
      <Errors first={first} />
    </Page>
  );
}

function Errors({ first }: { first: ErrorsFirst }) {
  const t = useTexts("system");
  const errors = useMemo(() => new ErrorsWatch(first), []);
  useEffect(() => errors.open(isAtTop, () => location.reload()), []);
  const { watch, live } = errors;
  return (
    <PageFrame title={t.errors} link={watch.link} onRetry={() => watch.retry()} live={live.value}>
      <SystemNav here="errors" />
      {errors.isStale.value && <Away />}
      <News errors={errors} />
      <List errors={errors} />
    </PageFrame>
  );
}

function isAtTop(): boolean {
  return (document.getElementById("main")?.scrollTop ?? 0) < 10;
}

/** A button for what has come while the reader was further down. */
function News({ errors }: { errors: ErrorsWatch }) {
  const [t, language] = [useTexts("system"), useLanguage()];
  const count = errors.newCount.value;
  const show = () => {
    errors.showNew();
    document.getElementById("main")?.scrollTo({ top: 0 });
  };
  return (
    <div class="news" role="status">
      {count > 0 && (
        <button type="button" class="button primary" onClick={show}>
          {counted(t.newErrors, count, language)}
        </button>
      )}
    </div>
  );
}

function List({ errors }: { errors: ErrorsWatch }) {
  const t = useTexts("system");
  const { first, items, nextCursor, isStale } = errors;
  if (first.isGone) return <Nothing title={t.pageGone} />;
  if (items.value.length === 0) {
    return isStale.value ? null : <Nothing title={t.noErrors} text={t.noErrorsText} />;
  }
  return (
    <section class="section" aria-label={t.errors}>
      <p class="quiet">{t.errorsText}</p>
      <ul class="entries">{items.value.map((error) => <ErrorEntry key={error.key} error={error} />)}</ul>
      <p class="pager">
        {!first.isNewest && <a class="button" href="/system/errors">{t.showNewest}</a>}
        {nextCursor.value && (
          <a class="button" href={`/system/errors?${new URLSearchParams({ cursor: nextCursor.value })}`}>
            {t.older}
          </a>
        )}
      </p>
    </section>
  );
}

function Nothing({ title, text }: { title: string; text?: string }) {
  const t = useTexts("system");
  return (
    <section class="empty">
      <h2>{title}</h2>
      {text ? <p>{text}</p> : <a class="button" href="/system/errors">{t.showNewest}</a>}
    </section>
  );
}
