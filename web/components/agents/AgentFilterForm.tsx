/** Chooses whom the list shows. The address says it, so that it works without JavaScript and can be kept. */
import type { AgentBoard } from "../../lib/agents/agent_board.ts";
import { STATUS_CHOICES, type StatusChoice } from "../../lib/agents/filter.ts";
import { useTexts } from "../ui/Page.tsx";

export function AgentFilterForm({ board }: { board: AgentBoard }) {
  const t = useTexts("agents");
  const { query, status } = board.filter.value;
  return (
    <form
      class="toolbar agents-filter"
      role="search"
      action="/agents"
      onSubmit={(event) => event.preventDefault()}
    >
      <label class="field wide">
        {t.search}
        <input
          class="input"
          type="search"
          data-search
          name="q"
          maxLength={200}
          value={query}
          placeholder={t.searchHint}
          autocomplete="off"
          onInput={({ currentTarget }) => board.choose({ query: currentTarget.value })}
        />
      </label>
      <label class="field">
        {t.status}
        <select
          name="status"
          value={status}
          onChange={({ currentTarget }) => board.choose({ status: currentTarget.value as StatusChoice })}
        >
          {STATUS_CHOICES.map((choice) => (
            <option key={choice} value={choice}>{t.choices[choice || "all"]}</option>
          ))}
        </select>
      </label>
      <button type="submit" class="button unscripted">{t.filter}</button>
    </form>
  );
}
