/** The command palette and the list of shortcuts, on every page: what they are made of is loaded when they are asked for. */
import type { FunctionComponent } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import type { OverlayProps } from "../components/palette/Overlay.tsx";
import { listen, type View } from "../lib/palette/listen.ts";
import { keepWayBack } from "../lib/ui/way_back.ts";

interface Shown {
  view: View;
  /** Not there before it is loaded. */
  Overlay?: FunctionComponent<OverlayProps>;
}

export type PaletteProps = Pick<OverlayProps, "words" | "mod" | "languages">;

export default function Palette(props: PaletteProps) {
  const [shown, show] = useState<Shown>();
  const open = (view: View) => {
    show({ view });
    import("../components/palette/Overlay.tsx").then(
      ({ Overlay }) => show({ view, Overlay }),
      // Not reached: the page itself says that the connection is away.
      () => show(undefined),
    );
  };
  // Nothing is listened to while it is open or on its way: what is typed then is no shortcut. What is typed right after
  // it is closed is one, which an effect would come too late for.
  useLayoutEffect(() => shown ? undefined : listen(props.mod, open), [shown]);
  useEffect(keepWayBack, []);
  return shown?.Overlay
    ? <shown.Overlay {...props} view={shown.view} onOpen={open} onClose={() => show(undefined)} />
    : null;
}
