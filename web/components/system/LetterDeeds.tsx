/** Brings one dead letter back, or deletes it, and says what came of it. */
import { useState } from "preact/hooks";
import { type Deed, doTo } from "../../lib/system/letters.ts";
import type { WholeLetter } from "../../lib/system/letter_item.ts";
import { counted, fill } from "../../lib/texts/fill.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { useAction } from "../ui/action.ts";
import { useConfirm } from "../ui/Confirm.tsx";
import { Retry, Trash } from "../ui/icons.tsx";
import { useLanguage, useTexts } from "../ui/Page.tsx";

interface LetterDeedsProps {
  letter: WholeLetter;
  /** Whether the page is at work in a browser. */
  isLive: boolean;
}

export function LetterDeeds({ letter: { id }, isLive }: LetterDeedsProps) {
  const [t, language] = [useTexts("system"), useLanguage()];
  const [action, confirm] = [useAction(), useConfirm()];
  const [outcome, setOutcome] = useState<string>();
  const act = async (deed: Deed) => {
    const forms = deed === "replay" ? t.replayQuestion : t.removeQuestion;
    const text = deed === "replay" ? t.replayText : t.removeText;
    if (!await confirm.ask({ title: counted(forms, 1, language), text, action: t[deed] })) return;
    await action.run(async () => {
      const answer = await doTo(id, deed);
      setOutcome(
        deed === "remove" ? t.removedOne : fill(t.replayedTo, { queue: oneLine(answer?.queue ?? "") }),
      );
    });
  };
  return (
    <div class="letter-actions">
      {!outcome && (
        <div class="toolbar">
          <button
            type="button"
            class="button"
            data-deed="replay"
            disabled={!isLive || action.isBusy}
            onClick={() => act("replay")}
          >
            <Retry /> {t.replay}
          </button>
          <button
            type="button"
            class="button"
            data-deed="remove"
            disabled={!isLive || action.isBusy}
            onClick={() => act("remove")}
          >
            <Trash /> {t.remove}
          </button>
        </div>
      )}
      <p role="status" class="outcome">
        {outcome && (
          <>
            {outcome} <a href="/system/dead-letters">{t.back}</a>
          </>
        )}
      </p>
      {action.failure && <p class="failure-line" role="alert">{action.failure}</p>}
      {confirm.dialog}
    </div>
  );
}
