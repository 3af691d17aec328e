/** The dead letters: found, chosen, replayed, deleted. */
import { useEffect, useMemo } from "preact/hooks";
import { Away } from "../components/system/Away.tsx";
import { LetterActions } from "../components/system/LetterActions.tsx";
import { LetterEntry } from "../components/system/LetterEntry.tsx";
import { LetterSearch } from "../components/system/LetterSearch.tsx";
import { SystemNav } from "../components/system/SystemNav.tsx";
import { Page, useTexts } from "../components/ui/Page.tsx";
import { PageFrame } from "../components/ui/PageFrame.tsx";
import { type LetterList, listAddress } from "../lib/system/letter_item.ts";
import { Letters } from "../lib/system/letters.ts";
import type { Speech } from "../lib/texts/texts.ts";

export interface DeadLettersPageProps {
  speech: Speech;
  first: LetterList;
}

export default function DeadLettersPage({ speech, first }: DeadLettersPageProps) {
  return (
    <Page speech={speech} now={first.now}>
      <DeadLetters first={first} />
    </Page>
  );
}

function DeadLetters({ first }: { first: LetterList }) {
  const t = useTexts("system");
  const letters = useMemo(() => new Letters(first), []);
  useEffect(() => letters.open(() => location.reload()), []);
  const { watch, live } = letters;
  return (
    <PageFrame title={t.deadLetters} link={watch.link} onRetry={() => watch.retry()} live={live.value}>
      <SystemNav here="deadLetters" />
      <LetterSearch filter={first.filter} queues={first.queues} />
      <Newer letters={letters} />
      {watch.isServerAway.value && <Away />}
      <List letters={letters} />
    </PageFrame>
  );
}

function Newer({ letters }: { letters: Letters }) {
  const t = useTexts("system");
  return (
    <p class="outcome newer" role="status">
      {letters.hasNewer.value && (
        <>
          {t.newer} <a href={listAddress(letters.first.filter)}>{t.showNewest}</a>
        </>
      )}
    </p>
  );
}

function List({ letters }: { letters: Letters }) {
  const t = useTexts("system");
  const { first: { items, filter, nextCursor, isFirst }, work } = letters;
  if (!items?.length && !work.value) return <Nothing list={letters.first} />;
  return (
    <section class="section" aria-label={t.deadLetters}>
      <LetterActions letters={letters} />
      <ul class="entries">
        {letters.items.value.map((item) => <LetterEntry key={item.id} item={item} letters={letters} />)}
      </ul>
      <p class="pager">
        {(!isFirst || letters.items.value.length === 0) && (
          <a class="button" href={listAddress(filter)}>{t.showNewest}</a>
        )}
        {nextCursor && <a class="button" href={listAddress(filter, nextCursor)}>{t.older}</a>}
      </p>
    </section>
  );
}

function Nothing({ list: { items, isGone, filter } }: { list: LetterList }) {
  const t = useTexts("system");
  if (!items && !isGone) return null;
  const isNarrowed = Boolean(filter.q || filter.queue);
  return (
    <section class="empty">
      <h2>{isGone ? t.pageGone : isNarrowed ? t.nothingFound : t.nothingGivenUp}</h2>
      {!isGone && <p>{isNarrowed ? t.nothingFoundText : t.nothingGivenUpText}</p>}
      {(isGone || isNarrowed) && <a class="button" href="/system/dead-letters">{t.showAll}</a>}
    </section>
  );
}
