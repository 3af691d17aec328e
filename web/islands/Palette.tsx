/** The command palette and the keyboard shortcuts, on every page; what they are made of is loaded when it is first needed. */
import type { FunctionComponent } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import type { PaletteProps, ShellProps } from "../components/palette/Shell.tsx";
import { waitForFirst } from "../lib/palette/wake.ts";
import { keepWayBack } from "../lib/ui/way_back.ts";

export default function Palette(props: PaletteProps) {
  const [Shell, show] = useState<FunctionComponent<ShellProps>>();
  const [early] = useState<Event[]>([]);
  const wake = () =>
    import("../components/palette/Shell.tsx").then(
      ({ Shell }) => show(() => Shell),
      // Not reached: the page itself says that the connection is away.
      () => early.length = 0,
    );
  useLayoutEffect(keepWayBack, []);
  // Ends in the very moment in which the shell begins to listen.
  useLayoutEffect(() => Shell ? undefined : waitForFirst(props.mod, early, wake), [Shell]);
  return Shell ? <Shell {...props} early={early} /> : null;
}
