/** What opens over the page: the palette or the list of shortcuts. Loaded when it is first asked for. */
import type { OtherLanguage, Words } from "../../lib/palette/entries.ts";
import type { View } from "../../lib/palette/listen.ts";
import type { ModKey } from "../../lib/palette/shortcuts.ts";
import { PaletteDialog } from "./PaletteDialog.tsx";
import { ShortcutList } from "./ShortcutList.tsx";

export interface OverlayProps {
  words: Words;
  mod: ModKey;
  languages: readonly OtherLanguage[];
  view: View;
  /** Opens the other view instead. */
  onOpen: (view: View) => void;
  onClose: () => void;
}

export function Overlay(props: OverlayProps) {
  return props.view === "palette" ? <PaletteDialog {...props} /> : <ShortcutList {...props} />;
}
