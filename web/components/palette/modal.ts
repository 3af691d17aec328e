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
        after.current?.();
      },
      // What lies around the dialog counts as the dialog itself.
      onClick: (event) => event.target === ref.current && close(),
    },
  };
}
