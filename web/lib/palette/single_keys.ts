/**
 * Whether keys without Ctrl or ⌘ are shortcuts. Who speaks to the computer, or hits keys by chance, can turn them off
 * (WCAG 2.2, 2.1.4), and this browser remembers it.
 */
import { openKeep } from "../live/keep.ts";

const KEY = "parley.single_keys";

/** Tells whether they are; they are unless told otherwise. */
export function hasSingleKeys(): boolean {
  return openKeep().getItem(KEY) !== "off";
}

/** Turns them on or off, for every page of this browser. */
export function setSingleKeys(isOn: boolean): void {
  openKeep().setItem(KEY, isOn ? "on" : "off");
}
