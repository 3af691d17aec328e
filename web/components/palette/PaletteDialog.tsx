/** The command palette: a field, and below it what its text reaches. */
import { useEffect, useMemo } from "preact/hooks";
import type { Entry } from "../../lib/palette/entries.ts";
import { Finder } from "../../lib/palette/finder.ts";
import { counted, fill } from "../../lib/texts/fill.ts";
import { Close, Search } from "../ui/icons.tsx";
import { modName } from "./Keys.tsx";
import { useModal } from "../ui/modal.ts";
import type { OverlayProps } from "./Shell.tsx";
import { optionId, Results } from "./Results.tsx";

export function PaletteDialog({ words, mod, languages, onOpen, onClose }: OverlayProps) {
  const modal = useModal(onClose);
  const finder = useMemo(() => new Finder({ words, languages }), []);
  useEffect(() => finder.open(), []);
  const t = words.palette;
  const go = (entry: Entry, inNewTab: boolean) => modal.close(() => follow(entry, inNewTab, onOpen));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const isMod = event[mod];
    const chosen = finder.chosen.value;
    if (isMod && event.key.toLowerCase() === "k") modal.close();
    else if (event.key === "Enter" && chosen) go(chosen, isMod);
    else if (isMod || event.shiftKey || event.altKey || !finder.move(event.key)) return;
    event.preventDefault();
  };
  const chosen = finder.chosen.value;
  return (
    <dialog class="palette" aria-label={words.frame.search} {...modal.props}>
      <div class="palette-field">
        <Search />
        <input
          type="text"
          role="combobox"
          aria-label={t.label}
          placeholder={t.placeholder}
          aria-autocomplete="list"
          aria-expanded={chosen !== undefined}
          aria-controls="palette-results"
          aria-activedescendant={chosen && optionId(chosen)}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="go"
          dir="auto"
          maxLength={200}
          onInput={(event) => finder.type(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button type="button" class="icon-button" aria-label={t.close} onClick={() => modal.close()}>
          <Close />
        </button>
      </div>
      <Results finder={finder} words={words} mod={mod} onGo={go} />
      <footer class="palette-foot">
        <p role="status">{statusOf(finder, words)}</p>
        <p class="palette-hint" aria-hidden="true">{fill(t.hint, { mod: modName(mod, words.frame) })}</p>
      </footer>
    </dialog>
  );
}

function statusOf(finder: Finder, { palette: t, language }: OverlayProps["words"]): string {
  const count = finder.entries.value.length;
  if (finder.isSearching.value) return t.searching;
  const said = count === 0 ? t.nothing : counted(t.results, count, language);
  return finder.isAway.value ? `${t.away} ${count === 0 ? t.nothing : ""}`.trim() : said;
}

function follow(
  { href, view, language }: Entry,
  inNewTab: boolean,
  onOpen: OverlayProps["onOpen"],
): void {
  if (view) onOpen(view);
  else if (language) document.querySelector<HTMLElement>(`.languages [value="${language}"]`)?.click();
  else if (inNewTab) open(href, "_blank", "noopener");
  else location.assign(href!);
}
