/** A dialog that is open from when it is drawn until it is closed; the focus then goes back by itself. */
import { useEffect, useRef } from "preact/hooks";

export interface Modal {
  /** The properties of the `<dialog>`. */
  props: {
    ref: { current: HTMLDialogElement | null };
    onClose: () => void;
    onClick: (event: MouseEvent) => void;
  };
  /** Closes it, and then does something: only then the page has its focus back. */
  close(after?: () => void): void;
}

export function useModal(onClose: () => void): Modal {
  const ref = useRef<HTMLDialogElement>(null);
  const after = useRef<() => void>();
  useEffect(() => ref.current!.showModal(), []);
  const close = (next?: () => void) => {
    after.current = next;
    ref.current!.close();
  };
  return {
    close,
    props: {
      ref,
      onClose: () => {
        onClose();
        giveFocusAnew();
        after.current?.();
      },
      // What lies around the dialog counts as the dialog itself.
      onClick: (event) => event.target === ref.current && close(),
    },
  };
}

/**
 * Chromium gives the focus of a closed dialog's field back to one of the page, and then often takes no letters there
 * until it is given anew.
 */
function giveFocusAnew(): void {
  const focused = document.activeElement as HTMLElement | null;
  focused?.blur();
  focused?.focus({ preventScroll: true });
}
