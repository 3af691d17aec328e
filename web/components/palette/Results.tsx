/** What the palette found, in groups, with the one that is chosen. */
import { useEffect, useRef } from "preact/hooks";
import type { Entry, Words } from "../../lib/palette/entries.ts";
import type { Finder } from "../../lib/palette/finder.ts";
import type { ModKey } from "../../lib/palette/shortcuts.ts";
import { Keys, modName } from "./Keys.tsx";

interface ResultsProps {
  finder: Finder;
  words: Words;
  mod: ModKey;
  onGo: (entry: Entry, inNewTab: boolean) => void;
}

export function Results({ finder, words, mod, onGo }: ResultsProps) {
  const t = words.palette;
  const chosen = finder.chosen.value;
  return (
    <div class="palette-results" id="palette-results" role="listbox" aria-label={words.frame.search}>
      {finder.groups.value.map(({ name, entries }) => (
        <div key={name} role="group" aria-label={t.groups[name]}>
          <p aria-hidden="true">{t.groups[name]}</p>
          {entries.map((entry) => (
            <Option
              key={entry.id}
              entry={entry}
              mod={modName(mod, words.frame)}
              isChosen={entry === chosen}
              onPoint={() => finder.choose(entry.id)}
              onGo={onGo}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface OptionProps {
  entry: Entry;
  mod: string;
  isChosen: boolean;
  onPoint: () => void;
  onGo: ResultsProps["onGo"];
}

function Option({ entry, mod, isChosen, onPoint, onGo }: OptionProps) {
  const option = useRef<HTMLAnchorElement>(null);
  useEffect(() => isChosen ? option.current!.scrollIntoView({ block: "nearest" }) : undefined, [isChosen]);
  const onClick = (event: MouseEvent) => {
    // With a key held the browser does with a link what it always does.
    if (entry.href && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    onGo(entry, false);
  };
  return (
    <a
      ref={option}
      class="palette-option"
      id={optionId(entry)}
      role="option"
      aria-selected={isChosen}
      href={entry.href}
      tabIndex={-1}
      onMouseMove={isChosen ? undefined : onPoint}
      onClick={onClick}
    >
      <span class="palette-label" lang={entry.lang} dir="auto">{entry.label}</span>
      {entry.detail && <span class="palette-detail" dir="auto">{entry.detail}</span>}
      {entry.keys && <Keys keys={entry.keys} mod={mod} />}
    </a>
  );
}

/** Gives the id of an entry's element: that of an entry has what others named in it. */
export function optionId({ id }: Entry): string {
  return `option-${encodeURIComponent(id)}`;
}
