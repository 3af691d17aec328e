/** Hears what opens the palette, and does what a shortcut says, wherever on the page the reader is. */
import { type ModKey, type Shortcut, SHORTCUTS, written } from "./shortcuts.ts";
import { hasSingleKeys } from "./single_keys.ts";

/** What can be opened over the page: the table's names for it. */
export type View = "palette" | "shortcuts";

/** How long after `g` its second key may come, in milliseconds. */
const CHORD_MS = 1_500;
const FIELD = "input, textarea, select, [contenteditable]";

/** Listens to keys, and to buttons with `data-opens`. Gives the function that ends it. */
export function listen(mod: ModKey, open: (view: View) => void): () => void {
  const ended = new AbortController();
  let [before, at] = ["", 0];
  addEventListener("keydown", (event) => {
    const keys = written(event, event.timeStamp - at < CHORD_MS ? before : "", mod);
    [before, at] = [keys, event.timeStamp];
    const shortcut = SHORTCUTS.find((each) => each.keys === keys);
    if (!shortcut || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (keys !== "Mod+K" && ((event.target as Element).closest?.(FIELD) || !hasSingleKeys())) return;
    event.preventDefault();
    follow(shortcut, open);
  }, ended);
  addEventListener("click", ({ target }) => {
    const { opens } = (target as Element).closest<HTMLElement>("[data-opens]")?.dataset ?? {};
    if (opens) open(opens as View);
  }, ended);
  return () => ended.abort();
}

function follow(shortcut: Shortcut, open: (view: View) => void): void {
  if ("href" in shortcut) location.assign(shortcut.href);
  else if (shortcut.name !== "find") open(shortcut.name);
  else document.querySelector<HTMLElement>("[data-search]")?.focus();
}
