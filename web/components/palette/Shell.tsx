/** Listens for shortcuts, and shows the palette or the list of them over the page. Loaded when first asked for. */
import { useLayoutEffect, useState } from "preact/hooks";
import type { OtherLanguage, Words } from "../../lib/palette/entries.ts";
import { listen, type View } from "../../lib/palette/listen.ts";
import type { ModKey } from "../../lib/palette/shortcuts.ts";
import { PaletteDialog } from "./PaletteDialog.tsx";
import { ShortcutList } from "./ShortcutList.tsx";

export interface PaletteProps {
  words: Words;
  mod: ModKey;
  languages: readonly OtherLanguage[];
}

export interface ShellProps extends PaletteProps {
  /** What was pressed and clicked before this was here. */
  early: readonly Event[];
}

export interface OverlayProps extends PaletteProps {
  /** Opens the other of the two instead. */
  onOpen: (view: View) => void;
  onClose: () => void;
}

export function Shell({ early, ...props }: ShellProps) {
  const [view, setView] = useState<View>();
  // Before the page is painted: no key is lost.
  useLayoutEffect(() => listen({ mod: props.mod, early, open: setView }), []);
  const overlay = { ...props, onOpen: setView, onClose: () => setView(undefined) };
  if (view === "palette") return <PaletteDialog {...overlay} />;
  return view && <ShortcutList {...overlay} />;
}
