/** The conversation: follows what is written until its reader scrolls away. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Desk } from "../../lib/chat/desk.ts";
import { isAtEnd } from "../../lib/chat/follow.ts";
import { Down, Pencil, Retry } from "../ui/icons.tsx";
import { useTexts } from "../ui/Page.tsx";
import { BlockList } from "./BlockList.tsx";
import { Welcome } from "./Welcome.tsx";

export function Log({ desk, isUnknown }: { desk: Desk; isUnknown: boolean }) {
  const t = useTexts("chat");
  const log = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const { entries } = desk.shown.value;
  // What stands in an empty conversation is read from its beginning.
  const follows = isFollowing && entries.length > 0;
  const toEnd = () => log.current?.scrollTo({ top: log.current.scrollHeight });

  // What somebody else asks, or another tab, does not carry the reader away.
  useEffect(() => setFollowing(true), [desk.asked.value]);
  useLayoutEffect(() => {
    if (follows) toEnd();
  }, [follows, desk.asked.value]);
  // What grows is followed once it has been laid out: asking for its height before would lay it out twice.
  useEffect(() => {
    const observer = new ResizeObserver(() => log.current?.dataset.following && toEnd());
    observer.observe(log.current!);
    observer.observe(log.current!.firstElementChild!);
    return () => observer.disconnect();
  }, []);

  return (
    <div class="log-frame">
      <div
        class="log"
        ref={log}
        role="log"
        aria-label={t.conversation}
        tabIndex={0}
        data-following={follows ? "yes" : undefined}
        onScroll={() => setFollowing(isAtEnd(log.current!))}
      >
        <div class="column">
          <h2 class="hidden">{t.conversation}</h2>
          {desk.earlier.value && <Earlier desk={desk} />}
          {entries.length === 0 && <Welcome desk={desk} isUnknown={isUnknown} />}
          <BlockList desk={desk} entries={entries} />
          <LastActions desk={desk} />
        </div>
      </div>
      {!isFollowing && (
        <button type="button" class="button latest" onClick={() => setFollowing(true)}>
          <Down /> {t.latest}
        </button>
      )}
    </div>
  );
}

/** What was said before: read when its reader comes near, and put above without moving what they read. */
function Earlier({ desk }: { desk: Desk }) {
  const t = useTexts("chat");
  const button = useRef<HTMLButtonElement>(null);
  const read = async () => {
    const log = button.current!.closest(".log")!;
    const fromEnd = log.scrollHeight - log.scrollTop;
    // What was said long ago is no news to be read aloud.
    log.ariaLive = "off";
    await desk.readEarlier();
    requestAnimationFrame(() => {
      log.scrollTop = log.scrollHeight - fromEnd;
      log.ariaLive = null;
    });
  };
  useEffect(() => {
    const root = button.current!.closest(".log");
    const near = (seen: IntersectionObserverEntry[]) => {
      // The page that has just been opened is at its beginning before it goes to its end.
      if (seen.at(-1)?.isIntersecting && !(root as HTMLElement).dataset.following) void read();
    };
    const observer = new IntersectionObserver(near, { root, rootMargin: "300px 0px 0px" });
    observer.observe(button.current!);
    return () => observer.disconnect();
  }, [desk.earlier.value]);
  return <button type="button" class="button earlier" ref={button} onClick={read}>{t.earlier}</button>;
}

/** What can be done about the newest question: in one place, so that no other has to be drawn again when there is a newer. */
function LastActions({ desk }: { desk: Desk }) {
  const t = useTexts("chat");
  const last = desk.last.value;
  if (!last || last.way === "waiting") return null;
  return (
    <p class="last-actions" aria-live="off">
      {last.way === "answered" && (
        <button type="button" class="quiet-button" onClick={() => desk.again(last)}>
          <Retry /> {t.regenerate}
        </button>
      )}
      <button type="button" class="quiet-button" onClick={() => desk.editing.value = last}>
        <Pencil /> {t.edit}
      </button>
    </p>
  );
}
