/** One dead letter: what it says, why it was given up, and bringing it back. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { Away } from "../components/system/Away.tsx";
import { LetterBody } from "../components/system/LetterBody.tsx";
import { LetterDeeds } from "../components/system/LetterDeeds.tsx";
import { LetterFacts } from "../components/system/LetterFacts.tsx";
import { SystemNav } from "../components/system/SystemNav.tsx";
import { Page, useTexts } from "../components/ui/Page.tsx";
import { PageFrame } from "../components/ui/PageFrame.tsx";
import { ask } from "../lib/live/api.ts";
import { RosterWatch } from "../lib/live/roster_watch.ts";
import type { LetterPage } from "../lib/system/letter_item.ts";
import type { Speech } from "../lib/texts/texts.ts";

export interface DeadLetterPageProps {
  speech: Speech;
  first: LetterPage;
}

export default function DeadLetterPage({ speech, first }: DeadLetterPageProps) {
  return (
    <Page speech={speech} now={first.now}>
      <Letter first={first} />
    </Page>
  );
}

function Letter({ first: { letter, isUnknown } }: { first: LetterPage }) {
  const t = useTexts("system");
  const isRead = letter !== undefined || isUnknown;
  const watch = useMemo(() => new RosterWatch(isRead ? [] : undefined), []);
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    setLive(true);
    // Loaded anew while it cannot be read, the page would be so again and again.
    const isThere = () => ask("/api/dead-letters?limit=1");
    return watch.open(() => isRead || isThere().then(() => location.reload(), () => {}));
  }, []);
  return (
    <PageFrame title={t.letter} link={watch.link} onRetry={() => watch.retry()} live={isLive}>
      <SystemNav here="deadLetters" within />
      {watch.isServerAway.value && <Away />}
      {isUnknown && (
        <section class="empty">
          <h2>{t.unknownLetter}</h2>
          <p>{t.unknownLetterText}</p>
          <a class="button" href="/system/dead-letters">{t.back}</a>
        </section>
      )}
      {letter && <LetterFacts letter={letter} />}
      {letter && <LetterDeeds letter={letter} isLive={isLive} />}
      {letter && <LetterBody letter={letter} />}
    </PageFrame>
  );
}
