/** Which key a reader's keyboard has for commands, so that the first paint already names it. */
import type { ModKey } from "./shortcuts.ts";

/** Goes by the header `User-Agent`: ⌘ on Apple's systems, Ctrl anywhere else. */
export function modKeyOf(userAgent: string | null): ModKey {
  return /Macintosh|iPhone|iPad/.test(userAgent ?? "") ? "metaKey" : "ctrlKey";
}
