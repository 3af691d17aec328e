/** The keys of a shortcut, as they are written on the keyboard. */
import { Fragment } from "preact";
import type { ModKey } from "../../lib/palette/shortcuts.ts";

interface KeysProps {
  keys: string;
  mod: ModKey;
  /** The word between two keys that are pressed one after the other; without it nothing stands there. */
  then?: string;
}

export function Keys({ keys, mod, then }: KeysProps) {
  return (
    <span class="keys">
      {keys.split(" ").map((stroke, index) => (
        <Fragment key={index}>
          {index > 0 && then}
          {stroke.split("+").map((key) => <kbd key={key}>{key === "Mod" ? modName(mod) : key}</kbd>)}
        </Fragment>
      ))}
    </span>
  );
}

/** Gives what is written on the key. */
export function modName(mod: ModKey): string {
  return mod === "metaKey" ? "⌘" : "Ctrl";
}
