/**
 * The command palette and the keyboard shortcuts, on every page: this waits for the first key or click that may concern
 * them, and only then loads what they are made of.
 */
import type { FunctionComponent } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import type { PaletteProps, ShellProps } from "../components/palette/Shell.tsx";
import { keepWayBack } from "../lib/ui/way_back.ts";

export default function Palette(props: PaletteProps) {
  const [Shell, show] = useState<FunctionComponent<ShellProps>>();
  const [early] = useState<Event[]>([]);
  useLayoutEffect(keepWayBack, []);
  useLayoutEffect(() => {
    if (Shell) return;
    const take = (event: Event) => {
      if (early.length === 0 && !mayConcern(event as KeyboardEvent, props.mod)) return;
      // What comes while it is on its way is kept for it.
      if (early.push(event) > 1) return;
      event.preventDefault();
      import("../components/palette/Shell.tsx").then(
        ({ Shell }) => show(() => Shell),
        // Not reached: the page itself says that the connection is away.
        () => early.length = 0,
      );
    };
    addEventListener("keydown", take);
    addEventListener("click", take);
    return () => {
      removeEventListener("keydown", take);
      removeEventListener("click", take);
    };
  }, [Shell]);
  return Shell ? <Shell {...props} early={early} /> : null;
}

/** Tells whether a shortcut may begin with this, or whether it is a click on what opens one of the two. */
function mayConcern(event: KeyboardEvent, mod: PaletteProps["mod"]): boolean {
  const isIn = (selector: string) => !!(event.target as Element).closest?.(selector);
  if (!event.key) return isIn("[data-opens]");
  return event[mod] ? /^k$/i.test(event.key) : /^[?/gn]$/.test(event.key) && !isIn("input, textarea, select");
}
