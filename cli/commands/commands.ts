/** `commands`: what agents were told to do, and what became of it. */
import { ParleyError } from "../../shared/error.ts";
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { CommandRecord } from "../../shared/model/command.ts";
import { prefixOf } from "../../shared/model/id.ts";
import { commandInFull, commandsTable } from "../format/commands_table.ts";
import { find, namesOf } from "../names.ts";
import type { Workplace } from "../workplace.ts";

export async function commands(
  given: string | undefined,
  { limit }: { limit: number },
  workplace: Workplace,
): Promise<void> {
  if (given !== undefined && prefixOf(given) === "cmd") return await showOne(given, workplace);
  const { api, screen } = workplace;
  const agents = (await api.list<AgentInfo>("/api/agents")).items;
  const agentId = given === undefined ? undefined : knownAs(agents, given);
  if (given !== undefined && agentId === undefined) {
    return await showOne(given, workplace).catch((error) => {
      if (ParleyError.from(error).code !== "not_found") throw error;
      const way = "`agents` and `commands` list those that are known.";
      throw new ParleyError("not_found", `There is no agent and no command '${given}'. ${way}`);
    });
  }
  const of = agentId === undefined ? "" : `/agents/${encodeURIComponent(agentId)}`;
  const found = await api.list<CommandRecord>(`/api${of}/commands`, {}, limit);
  if (screen.isJson) return screen.document(found);
  if (found.items.length === 0) return screen.say("No commands are known.");
  const { width, isColoured } = screen;
  screen.out(commandsTable(found.items, { width, isColoured, nameOf: namesOf(agents), nowMs: Date.now() }));
}

/** Gives the id of the agent that `given` names; undefined: it may be a command's id, which may be any. */
function knownAs(agents: AgentInfo[], given: string): string | undefined {
  try {
    return find(agents, given);
  } catch (error) {
    if (ParleyError.from(error).code === "not_found") return undefined;
    throw error;
  }
}

async function showOne(id: string, { api, screen }: Workplace): Promise<void> {
  const command = await api.get<CommandRecord>(`/api/commands/${encodeURIComponent(id)}`);
  if (screen.isJson) return screen.document(command);
  const filter = screen.filter();
  screen.out(commandInFull(command, screen, filter.write(command.output) + filter.end()));
}
