/** What the pages of agents know before their browsers do anything. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import type { Listed, ServerApi } from "../server/server_api.ts";
import type { AgentFirst } from "./agent_desk.ts";
import { periodStart, readHistory, type Span } from "./history.ts";
import { listPath, type View } from "./views.ts";

/** Pages of 100 that are read for the first paint; the rest comes live. */
const MOST_PAGES = 5;

/** Reads everybody. Gives undefined where the server does not answer. */
export async function readAgents(api: ServerApi): Promise<AgentInfo[] | undefined> {
  const agents: AgentInfo[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MOST_PAGES && (pages === 0 || cursor); pages++) {
    const next: string = cursor ? `&${new URLSearchParams({ cursor })}` : "";
    const page = await api.read<Listed<AgentInfo>>(`api/agents?limit=100${next}`);
    if (!page) return pages === 0 ? undefined : agents;
    agents.push(...page.items);
    cursor = page.next_cursor;
  }
  return agents;
}

export interface FirstAgent {
  first: AgentFirst;
  /** The server answers, and knows no agent of this id. */
  isUnknown: boolean;
}

/** Reads an agent, and what `view` shows of it. */
export async function readAgent(
  api: ServerApi,
  id: string,
  { view, span }: { view: View; span: Span },
): Promise<FirstAgent> {
  const now = Date.now();
  const path = listPath(view, id);
  const [agent, anybody, list, history] = await Promise.all([
    api.read<AgentInfo>(`api/agents/${encodeURIComponent(id)}`),
    api.read(`api/agents?limit=1`),
    path ? api.read<Listed<Record<string, unknown>>>(path.slice(1)) : undefined,
    view === "overview"
      ? readHistory((path) => api.read(path.slice(1)), id, periodStart(span, now))
      : undefined,
  ]);
  return { first: { id, view, span, now, agent, list, history }, isUnknown: !agent && anybody !== undefined };
}
