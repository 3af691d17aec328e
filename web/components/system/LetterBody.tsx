/** What a dead letter says: text and nothing else, the beginning at first where it is long. */
import { useState } from "preact/hooks";
import type { DeadLetter } from "../../../shared/model/dead_letter.ts";
import { ask } from "../../lib/live/api.ts";
import { setOut } from "../../lib/system/letter.ts";
import { letterPath, type WholeLetter } from "../../lib/system/letter_item.ts";
import { inert } from "../../lib/ui/plain_text.ts";
import { useAction } from "../ui/action.ts";
import { CopyButton } from "../ui/CopyButton.tsx";
import { useTexts } from "../ui/Page.tsx";

export function LetterBody({ letter }: { letter: WholeLetter }) {
  const t = useTexts("system");
  const action = useAction();
  const [whole, setWhole] = useState<string>();
  const text = whole ?? letter.text;
  const isCut = letter.isCut && whole === undefined;
  const showWhole = () =>
    action.run(async () => setWhole(setOut((await ask<DeadLetter>(letterPath(letter.id))).body)));
  return (
    <section class="section" aria-labelledby="body-title">
      <div class="section-head">
        <h2 id="body-title">{t.body}</h2>
        {!isCut && text && <CopyButton text={text} />}
      </div>
      {text
        ? (
          <pre
            class="output"
            tabIndex={0}
            role="group"
            aria-labelledby="body-title"
            dir="auto"
          >{inert(text)}</pre>
        )
        : <p class="quiet">{t.noBody}</p>}
      {isCut && (
        <p>
          <button type="button" class="button" disabled={action.isBusy} onClick={showWhole}>
            {t.showWhole}
          </button>
        </p>
      )}
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
    </section>
  );
}
