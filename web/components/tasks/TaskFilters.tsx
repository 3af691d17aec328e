/** Which tasks the list shows: a form that is sent as an address, and so works without JavaScript. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import { isFiltered, type TaskFilter } from "../../lib/tasks/filter.ts";
import { OPEN, STATUSES } from "../../lib/tasks/task_item.ts";
import { oneLine } from "../../lib/ui/plain_text.ts";
import { Search } from "../ui/icons.tsx";
import { useTexts } from "../ui/Page.tsx";

const BADLY = "failed,timed_out";

interface FiltersProps {
  filter: TaskFilter;
  agents: readonly AgentInfo[];
}

export function TaskFilters({ filter, agents }: FiltersProps) {
  const t = useTexts("tasks");
  return (
    <form class="toolbar task-filters" method="get" action="/tasks" role="search" onSubmit={leaveOutBlanks}>
      <label class="field wide">
        {t.search}
        <input class="input" type="search" name="q" value={filter.q} placeholder={t.searchHint} dir="auto" />
      </label>
      <label class="field">
        {t.status}
        <StatusChoice chosen={filter.status.join(",")} />
      </label>
      <label class="field">
        {t.agent}
        <select name="agent">
          <option value="">{t.anyAgent}</option>
          {optionsOf(agents, filter.agent).map(([id, name]) => (
            <option key={id} value={id} selected={id === filter.agent}>{name}</option>
          ))}
        </select>
      </label>
      <label class="field">
        {t.type}
        <input class="input" name="type" value={filter.type} dir="auto" />
      </label>
      {filter.parent && (
        <label class="field">
          {t.partOf}
          <input class="input" name="parent" value={filter.parent} />
        </label>
      )}
      <button type="submit" class="button">
        <Search /> {t.show}
      </button>
      {isFiltered(filter) && <a class="button" href="/tasks">{t.clear}</a>}
    </form>
  );
}

function StatusChoice({ chosen }: { chosen: string }) {
  const t = useTexts("tasks");
  const groups: [value: string, name: string][] = [
    ["", t.anyStatus],
    [OPEN.join(","), t.open],
    [BADLY, t.endedBadly],
    ...STATUSES.map((status): [string, string] => [status, t.statuses[status]]),
  ];
  if (!groups.some(([value]) => value === chosen)) {
    groups.push([
      chosen,
      chosen.split(",").map((status) => t.statuses[status as keyof typeof t.statuses]).join(", "),
    ]);
  }
  return (
    <select name="status">
      {groups.map(([value, name]) => (
        <option key={value} value={value} selected={value === chosen}>{name}</option>
      ))}
    </select>
  );
}

/** Whoever the address names is among them, also when nobody knows of them any more. */
function optionsOf(agents: readonly AgentInfo[], chosen: string): [id: string, name: string][] {
  const known = agents.map((
    { agent_id: id, agent_name },
  ): [string, string] => [id, oneLine(agent_name) || id]);
  return !chosen || known.some(([id]) => id === chosen) ? known : [...known, [chosen, oneLine(chosen)]];
}

/** What a field does not say need not stand in the address. */
function leaveOutBlanks({ currentTarget: form }: { currentTarget: HTMLFormElement }): void {
  const fields = Array.from(form.elements) as HTMLInputElement[];
  const blank = fields.filter((field) => field.name && !field.value);
  for (const field of blank) field.disabled = true;
  // The address has been made by then; the reader may come back to this very page.
  setTimeout(() => blank.forEach((field) => field.disabled = false));
}
