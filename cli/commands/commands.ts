/** `commands`: what agents were told to do, and what became of it. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { CommandRecord } from "../../shared/model/command.ts";
import { prefixOf } from "../../shared/model/id.ts";
import type { Api, Listed } from "../api.ts";
import { commandInFull, commandsTable } from "../format/commands_table.ts";
import { find } from "../names.ts";
import type { Workplace } from "../workplace.ts";

/** How many agents are asked after at once. */
const AT_ONCE = 8;

export async function commands(
  given: string | undefined,
  { limit }: { limit: number },
  workplace: Workplace,
): Promise<void> {
  if (given !== undefined && prefixOf(given) === "cmd") return await showOne(given, workplace);
  const { api, screen } = workplace;
  const agents = (await api.list<AgentInfo>("/api/agents")).items;
  const ids = given === undefined ? agents.map(({ agent_id }) => agent_id) : [find(agents, given)];
  const found = await newestOf(api, ids, limit);
  if (screen.isJson) return screen.document(found);
  if (found.items.length === 0) return screen.say("No commands are known.");
  const names = new Map(agents.map(({ agent_id, agent_name }) => [agent_id, agent_name]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const { width, isColoured } = screen;
  screen.out(commandsTable(found.items, { width, isColoured, nameOf, nowMs: Date.now() }));
}

async function showOne(id: string, { api, screen }: Workplace): Promise<void> {
  const command = await api.get<CommandRecord>(`/api/commands/${encodeURIComponent(id)}`);
  if (screen.isJson) return screen.document(command);
  const filter = screen.filter();
  screen.out(commandInFull(command, screen, filter.write(command.output) + filter.end()));
}

/** The server lists the commands of one agent; those of several are put together here. */
async function newestOf(api: Api, ids: string[], limit: number): Promise<Listed<CommandRecord>> {
  const lists: Listed<CommandRecord>[] = [];
  const left = [...ids];
  const ask = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      lists.push(await api.list<CommandRecord>(`/api/agents/${encodeURIComponent(id)}/commands`, {}, limit));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  const items = lists.flatMap((list) => list.items).sort((a, b) => a.created_at < b.created_at ? 1 : -1);
  return { items: items.slice(0, limit), next_cursor: ids.length === 1 ? lists[0]!.next_cursor : null };
}
