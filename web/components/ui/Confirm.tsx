/** Asks before something is done that cannot be undone. */
import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import { useModal } from "./modal.ts";
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
  dialog: VNode | null;
}

interface Asked {
  question: Question;
  answer: (isYes: boolean) => void;
  /** The how manieth question it is: each is a dialog of its own. */
  count: number;
}

/** Gives a question that is asked in a dialog over the page; the cautious answer has the focus. */
export function useConfirm(): Confirm {
  const [asked, setAsked] = useState<Asked>();
  const ask = (question: Question) =>
    new Promise<boolean>((answer) =>
      setAsked((last) => ({ question, answer, count: (last?.count ?? 0) + 1 }))
    );
  // A dialog tells that it was closed a moment after it was: what was asked since stays.
  const onClosed = () => setAsked((now) => now === asked ? undefined : now);
  const dialog = asked ? <Dialog key={asked.count} asked={asked} onClosed={onClosed} /> : null;
  return { ask, dialog };
}

function Dialog({ asked: { question, answer }, onClosed }: { asked: Asked; onClosed: () => void }) {
  const t = useTexts("common");
  const { props } = useModal(() => {
    onClosed();
    answer(props.ref.current?.returnValue === "yes");
  });
  return (
    <dialog class="dialog" aria-labelledby="confirm-title" {...props}>
      <form method="dialog">
        <h2 id="confirm-title">{question.title}</h2>
        <div class="dialog-text">{question.text}</div>
        <p class="dialog-buttons">
          <button type="submit" class="button" value="no" autofocus>{t.cancel}</button>
          <button type="submit" class="button danger" value="yes">{question.action}</button>
        </p>
      </form>
    </dialog>
  );
}
