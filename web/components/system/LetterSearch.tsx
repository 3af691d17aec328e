/** Narrows the dead letters down: a form that works without JavaScript, since the address has what is looked for. */
import type { LetterList } from "../../lib/system/letter_item.ts";
import { Search } from "../ui/icons.tsx";
import { useTexts } from "../ui/Page.tsx";

export function LetterSearch({ filter, queues }: Pick<LetterList, "filter" | "queues">) {
  const t = useTexts("system");
  return (
    <form class="toolbar" role="search" method="get" action="/system/dead-letters">
      <label class="field wide">
        {t.searchHint}
        <input
          class="input"
          type="search"
          name="q"
          data-search
          defaultValue={filter.q}
          maxLength={200}
          dir="auto"
        />
      </label>
      <label class="field">
        {t.queue}
        <input
          class="input"
          name="queue"
          defaultValue={filter.queue}
          maxLength={200}
          list="queue-names"
          placeholder={t.anyQueue}
          autocomplete="off"
        />
      </label>
      <datalist id="queue-names">{queues.map((name) => <option key={name} value={name} />)}</datalist>
      <button type="submit" class="button">
        <Search /> {t.find}
      </button>
    </form>
  );
}
