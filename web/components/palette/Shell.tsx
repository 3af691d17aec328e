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

/** What was opened, and the how manieth it is: each is a dialog of its own. */
interface Opened {
  view: View;
  count: number;
}

export function Shell({ early, ...props }: ShellProps) {
  const [opened, setOpened] = useState<Opened>();
  const open = (view: View) => setOpened((last) => ({ view, count: (last?.count ?? 0) + 1 }));
  // Before the page is painted: no key is lost.
  useLayoutEffect(() => listen({ mod: props.mod, early, open }), []);
  if (!opened) return null;
  // A dialog tells that it was closed a moment after it was: what was opened since stays.
  const onClose = () => setOpened((now) => now === opened ? undefined : now);
  const overlay = { ...props, onOpen: open, onClose };
  if (opened.view === "palette") return <PaletteDialog key={opened.count} {...overlay} />;
  return <ShortcutList key={opened.count} {...overlay} />;
}
