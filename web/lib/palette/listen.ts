/** Hears what opens the palette, and does what a shortcut says, wherever on the page the reader is. */
import { type ModKey, type Shortcut, SHORTCUTS, written } from "./shortcuts.ts";
import { hasSingleKeys } from "./single_keys.ts";

/** What can be opened over the page: the table's names for it. */
export type View = "palette" | "shortcuts";

interface ListenOptions {
  mod: ModKey;
  /** What was pressed and clicked before: it counts until something is opened. */
  early: readonly Event[];
  open: (view: View) => void;
}

/** How long after `g` its second key may come, in milliseconds. */
const CHORD_MS = 1_500;
const FIELD = "input, textarea, select, [contenteditable]";

/** Listens to keys, and to buttons with `data-opens`. Gives the function that ends it. */
export function listen({ mod, early, open }: ListenOptions): () => void {
  let [before, at] = ["", 0];
  /** Tells whether the key was a shortcut. */
  const press = (event: KeyboardEvent): boolean => {
    const keys = written(event, event.timeStamp - at < CHORD_MS ? before : "", mod);
    [before, at] = [keys, event.timeStamp];
    const shortcut = SHORTCUTS.find((each) => each.keys === keys);
    if (!shortcut || isElsewhere(event, shortcut)) return false;
    event.preventDefault();
    follow(shortcut, open);
    return true;
  };
  const click = ({ target }: Event): boolean => {
    const { opens } = (target as Element).closest<HTMLElement>("[data-opens]")?.dataset ?? {};
    if (opens) open(opens as View);
    return Boolean(opens);
  };
  const ended = new AbortController();
  early.some((event) => event instanceof KeyboardEvent ? press(event) : click(event));
  addEventListener("keydown", (event) => !event.defaultPrevented && press(event), ended);
  addEventListener("click", click, ended);
  return () => ended.abort();
}

/** Tells whether the key is meant for something else: for a dialog, or for a field. */
function isElsewhere({ target }: Event, { name }: Shortcut): boolean {
  if (document.querySelector("dialog[open]")) return true;
  return name !== "palette" && (!!(target as Element).closest?.(FIELD) || !hasSingleKeys());
}

function follow(shortcut: Shortcut, open: (view: View) => void): void {
  if ("href" in shortcut) location.assign(shortcut.href);
  else if (shortcut.name !== "find") open(shortcut.name);
  else document.querySelector<HTMLElement>("[data-search]")?.focus();
}
