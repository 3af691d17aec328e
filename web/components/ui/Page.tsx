/** What every island stands in: the language that it speaks and the time that it is. */
import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useMemo } from "preact/hooks";
import type { Language, Section, Speech, Texts } from "../../lib/texts/texts.ts";
import { PageClock } from "../../lib/ui/clock.ts";

const SpeechContext = createContext<Speech | undefined>(undefined);
const ClockContext = createContext<PageClock | undefined>(undefined);

interface PageProps {
  speech: Speech;
  /** The server's time when it drew the page, in milliseconds. */
  now: number;
  children: ComponentChildren;
}

export function Page({ speech, now, children }: PageProps) {
  const clock = useMemo(() => new PageClock(now), []);
  useEffect(() => clock.start(), []);
  return (
    <SpeechContext.Provider value={speech}>
      <ClockContext.Provider value={clock}>{children}</ClockContext.Provider>
    </SpeechContext.Provider>
  );
}

/** Gives what an island says of one section. Throws when its page did not take that section along. */
export function useTexts<S extends Section>(section: S): Texts[S] {
  const texts = useContext(SpeechContext)?.texts[section];
  if (!texts) throw new Error(`The texts of "${section}" are not among those that this island was given`);
  return texts as Texts[S];
}

export function useLanguage(): Language {
  return useContext(SpeechContext)?.language ?? "en";
}

export function useClock(): PageClock {
  const clock = useContext(ClockContext);
  if (!clock) throw new Error("An island stands in a <Page>");
  return clock;
}
