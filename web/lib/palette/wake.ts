/** Waits for the first key or click that may concern the palette: what it is made of need not be there before. */
import type { ModKey } from "./shortcuts.ts";
import { hasSingleKeys } from "./single_keys.ts";

/**
 * Calls `wake` at that key or click, which stands first in `early`; what comes after it is added, so that nothing is
 * lost on the way. Begins again when `early` is emptied. Gives the function that ends it.
 */
export function waitForFirst(mod: ModKey, early: Event[], wake: () => void): () => void {
  const take = (event: Event) => {
    if (early.length === 0 && !mayConcern(event as KeyboardEvent, mod)) return;
    if (early.push(event) > 1) return;
    event.preventDefault();
    wake();
  };
  const kinds = ["keydown", "click"];
  kinds.forEach((kind) => addEventListener(kind, take));
  return () => kinds.forEach((kind) => removeEventListener(kind, take));
}

/** Tells whether a shortcut may begin with this, or whether it is a click on what opens one of the two. */
function mayConcern(event: KeyboardEvent, mod: ModKey): boolean {
  const isIn = (selector: string) => !!(event.target as Element).closest?.(selector);
  if (!event.key) return isIn("[data-opens]");
  if (event.ctrlKey || event.metaKey || event.altKey) {
    return event[mod] && !event.shiftKey && !event.altKey && /^k$/i.test(event.key);
  }
  return /^[?/gn]$/.test(event.key) && !isIn("input, textarea, select") && hasSingleKeys();
}
