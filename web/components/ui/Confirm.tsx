/** Asks before something is done that cannot be undone. */
import { useRef, useState } from "preact/hooks";
import type { ComponentChildren, VNode } from "preact";
import { useTexts } from "./Page.tsx";

export interface Question {
  title: string;
  /** What will happen, in a sentence or two. */
  text: ComponentChildren;
  /** The word for doing it, such as "Delete". */
  action: string;
}

interface Confirm {
  /** Asks. Resolves to whether the answer was yes; closing the question in whatever way is a no. */
  ask(question: Question): Promise<boolean>;
  /** Has to be drawn somewhere on the page. */
  dialog: VNode;
}

/** Gives a question that is asked in a dialog over the page; the cautious answer has the focus. */
export function useConfirm(): Confirm {
  const dialog = useRef<HTMLDialogElement>(null);
  const answer = useRef<(isYes: boolean) => void>();
  const [question, setQuestion] = useState<Question>();
  const ask = (asked: Question) => {
    setQuestion(asked);
    // The dialog is drawn from the start, so that it can be shown at once.
    dialog.current!.returnValue = "";
    dialog.current!.showModal();
    return new Promise<boolean>((resolve) => answer.current = resolve);
  };
  const closed = () => answer.current?.(dialog.current!.returnValue === "yes");
  return { ask, dialog: <Dialog dialogRef={dialog} question={question} onClose={closed} /> };
}

interface DialogProps {
  dialogRef: { current: HTMLDialogElement | null };
  question: Question | undefined;
  onClose: () => void;
}

function Dialog({ dialogRef, question, onClose }: DialogProps) {
  const t = useTexts("common");
  return (
    <dialog class="dialog" ref={dialogRef} onClose={onClose} aria-labelledby="confirm-title">
      <form method="dialog">
        <h2 id="confirm-title">{question?.title}</h2>
        <div class="dialog-text">{question?.text}</div>
        <p class="dialog-buttons">
          <button type="submit" class="button" value="no" autofocus>{t.cancel}</button>
          <button type="submit" class="button danger" value="yes">{question?.action}</button>
        </p>
      </form>
    </dialog>
  );
}
