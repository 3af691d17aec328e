/** The list of keyboard shortcuts. */
import { type Shortcut, SHORTCUTS } from "../../lib/palette/shortcuts.ts";
import { hasSingleKeys, setSingleKeys } from "../../lib/palette/single_keys.ts";
import type { Words } from "../../lib/palette/entries.ts";
import { fill } from "../../lib/texts/fill.ts";
import { Close } from "../ui/icons.tsx";
import { Keys, modName } from "./Keys.tsx";
import { useModal } from "../ui/modal.ts";
import type { OverlayProps } from "./Shell.tsx";

export function ShortcutList({ words, mod, onClose }: OverlayProps) {
  const modal = useModal(onClose);
  return (
    <dialog class="dialog shortcuts" aria-labelledby="shortcuts-title" {...modal.props}>
      <header>
        <h2 id="shortcuts-title">{words.frame.shortcuts}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={words.palette.close}
          onClick={() => modal.close()}
        >
          <Close />
        </button>
      </header>
      <dl>
        {SHORTCUTS.map((shortcut) => (
          <div key={shortcut.keys}>
            <dt>{nameOf(shortcut, words)}</dt>
            <dd>
              <Keys keys={shortcut.keys} mod={modName(mod, words.frame)} then={words.palette.then} />
            </dd>
          </div>
        ))}
      </dl>
      <label>
        <input
          type="checkbox"
          defaultChecked={hasSingleKeys()}
          onChange={(event) => setSingleKeys(event.currentTarget.checked)}
        />
        {fill(words.palette.singleKeys, { mod: modName(mod, words.frame) })}
      </label>
    </dialog>
  );
}

function nameOf({ name, keys }: Shortcut, { frame, palette }: Words): string {
  const text = { ...frame, ...palette }[name];
  return keys.startsWith("g ") ? fill(palette.goTo, { name: text }) : text;
}
