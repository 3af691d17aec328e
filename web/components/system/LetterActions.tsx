/** What can be done to dead letters: to those that are chosen, or to all that match. */
import { counted } from "../../lib/texts/fill.ts";
import { letterAddress } from "../../lib/system/letter_item.ts";
import type { Deed, Letters } from "../../lib/system/letters.ts";
import { useConfirm } from "../ui/Confirm.tsx";
import { BulkReport } from "../ui/BulkReport.tsx";
import { useLanguage, useTexts } from "../ui/Page.tsx";

export function LetterActions({ letters }: { letters: Letters }) {
  const [t, language] = [useTexts("system"), useLanguage()];
  const asked = useQuestions(letters);
  const { items, chosen, work } = letters;
  const count = chosen.value.size;
  const isBusy = !letters.live.value || work.value?.bulk.progress.value.state === "working";
  const isAll = count > 0 && count === items.value.length;
  const isNarrowed = isFiltered(letters);
  const deeds: readonly Deed[] = ["replay", "remove"];
  return (
    <div class="letter-actions">
      <div class="toolbar">
        <label class="choose-all">
          <input
            type="checkbox"
            checked={isAll}
            indeterminate={count > 0 && !isAll}
            disabled={!letters.live.value || items.value.length === 0}
            onChange={({ currentTarget }) => letters.chooseAll(currentTarget.checked)}
          />
          {count > 0 ? counted(t.chosen, count, language) : t.chooseAll}
        </label>
        {deeds.map((deed) => (
          <button
            type="button"
            class="button"
            key={deed}
            disabled={isBusy || count === 0}
            onClick={() => asked.chosen(deed)}
          >
            {t[deed]}
          </button>
        ))}
        <span class="toolbar-gap" />
        {deeds.map((deed) => (
          <button
            type="button"
            class="button"
            key={deed}
            disabled={isBusy}
            onClick={() => asked.all(deed)}
          >
            {t[`${deed}${isNarrowed ? "Matching" : "All"}`]}
          </button>
        ))}
      </div>
      {work.value && (
        <BulkReport
          bulk={work.value.bulk}
          doing={work.value.deed === "replay" ? t.replaying : t.removing}
          done={work.value.deed === "replay" ? t.replayed : t.removed}
          hrefOf={letterAddress}
          onDismiss={() => work.value = undefined}
        />
      )}
      {asked.dialog}
    </div>
  );
}

/** Asks before anything is done, and then does it. */
function useQuestions(letters: Letters) {
  const [t, language, confirm] = [useTexts("system"), useLanguage(), useConfirm()];
  const textOf = (deed: Deed) => deed === "replay" ? t.replayText : t.removeText;
  return {
    dialog: confirm.dialog,
    async chosen(deed: Deed) {
      const forms = deed === "replay" ? t.replayQuestion : t.removeQuestion;
      const title = counted(forms, letters.chosen.value.size, language);
      if (await confirm.ask({ title, text: textOf(deed), action: t[deed] })) await letters.doChosen(deed);
    },
    async all(deed: Deed) {
      const isNarrowed = isFiltered(letters);
      const title = t[`${deed}${isNarrowed ? "Matching" : "All"}Question`];
      const text = `${isNarrowed ? t.everyFound : t.everyOne} ${textOf(deed)}`;
      if (await confirm.ask({ title, text, action: t[deed] })) await letters.doAll(deed);
    },
  };
}

function isFiltered({ first: { filter } }: Letters): boolean {
  return Boolean(filter.q || filter.queue);
}
