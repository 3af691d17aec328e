/** The keys of a shortcut, as they are written on the keyboard. */
import { Fragment } from "preact";
import type { ModKey } from "../../lib/palette/shortcuts.ts";
import type { Texts } from "../../lib/texts/texts.ts";

interface KeysProps {
  keys: string;
  /** What is written on the key `Mod`. */
  mod: string;
  /** The word between two keys that are pressed one after the other; without it nothing stands there. */
  then?: string;
}

export function Keys({ keys, mod, then }: KeysProps) {
  return (
    <span class="keys">
      {keys.split(" ").map((stroke, index) => (
        <Fragment key={index}>
          {index > 0 && then}
          {stroke.split("+").map((key) => <kbd key={key}>{key === "Mod" ? mod : key}</kbd>)}
        </Fragment>
      ))}
    </span>
  );
}

/** Gives what is written on the key, where people type in the language of `t`. */
export function modName(mod: ModKey, t: Texts["frame"]): string {
  return mod === "metaKey" ? "⌘" : t.controlKey;
}
