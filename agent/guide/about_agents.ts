/** Answers about the agents that are there: who is online, what they can do, how one of them is. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { Facts } from "./facts.ts";
import { list, paragraphs, plain, span, table } from "./markdown.ts";

/** Says who is online, and who is known but away. */
export function roster(facts: Facts): string {
  const agents = facts.agents;
  if (!agents) return unreachable(facts);
  const online = agents.filter(({ is_online }) => is_online);
  const offline = agents.filter(({ is_online }) => !is_online);
  const known = offline.length > 0 && `Known but offline: ${names(offline)}.`;
  if (online.length === 0) return paragraphs("No agent is shown online.", known);
  const rows = online.map((agent) => [bold(agent), word(agent), load(agent), capabilities(agent)]);
  return paragraphs(
    `${count(online.length, "agent")} ${online.length === 1 ? "is" : "are"} online:`,
    table(["Agent", "Status", "Working on", "Can do"], rows),
    known,
  );
}

/** Says what each agent can do, the offline ones included. */
export function skills(facts: Facts, agent?: AgentInfo): string {
  if (agent) return skillsOf(agent);
  const agents = facts.agents;
  if (!agents) return unreachable(facts);
  if (agents.length === 0) return "No agent is known yet, so there is nothing that anybody can do.";
  const rows = agents.map((one) => [bold(one), plain(one.agent_role) || "–", capabilities(one), word(one)]);
  return paragraphs(
    table(["Agent", "Role", "Capabilities", "Status"], rows),
    "A message without a receiver goes to one of those online; choose an agent to write to it alone.",
  );
}

function skillsOf(agent: AgentInfo): string {
  const role = agent.agent_role ? ` Its role is ${plain(agent.agent_role)}.` : "";
  const state = agent.is_online ? `It is online (${word(agent)}).` : "It is offline now.";
  return `${bold(agent)} names these capabilities: ${capabilities(agent)}.${role} ${state}`;
}

/** Says how one agent is, or that there is none of that name. */
export function status(facts: Facts, { agent, name }: { agent?: AgentInfo; name?: string }): string {
  if (!facts.agents) return unreachable(facts);
  if (!agent) return name ? unknown(name, facts.agents) : roster(facts);
  const rows: [string, string][] = [
    ["Status", agent.status_text ? `${word(agent)}: ${plain(agent.status_text)}` : word(agent)],
    ["Working on", load(agent)],
    ["Role", plain(agent.agent_role) || "–"],
    ["Can do", capabilities(agent)],
    ["Last seen", plain(agent.last_seen) || "–"],
    ["Id", `\`${agent.agent_id.replaceAll("`", "")}\``],
    ...figures(agent),
  ];
  const self = agent.agent_id === facts.self.id ? " That is me." : "";
  return paragraphs(
    `${bold(agent)} is ${agent.is_online ? "online" : "offline"}.${self}`,
    table(["", ""], rows),
    !agent.is_online &&
      "It is shown online again as soon as its process connects; messages to it are refused until then, " +
        "or wait when they say `if_offline: wait`.",
  );
}

function figures({ metrics }: AgentInfo): [string, string][] {
  const rows: [string, string][] = [];
  if (metrics.messages_answered) rows.push(["Answered", plain(metrics.messages_answered)]);
  if (metrics.messages_failed && metrics.messages_failed !== "0") {
    rows.push(["Failed", plain(metrics.messages_failed)]);
  }
  if (Number(metrics.uptime_s) > 0) rows.push(["Running for", span(Number(metrics.uptime_s))]);
  if (metrics.memory_mb) rows.push(["Memory", `${plain(metrics.memory_mb)} MB`]);
  return rows;
}

function unknown(name: string, agents: readonly AgentInfo[]): string {
  const online = agents.filter(({ is_online }) => is_online);
  return paragraphs(
    `No agent is called ${plain(name)}.`,
    agents.length > 0 && `Known are ${names(agents)}; ${online.length} of them online.`,
  );
}

/** Says that the server's interface could not be asked, and what to look at. */
export function unreachable({ apiUrl }: Facts): string {
  return paragraphs(
    `I cannot ask the server at ${apiUrl} right now, so I do not know who is there.`,
    list([
      `Open ${apiUrl}/readyz: it says whether the server is ready.`,
      "When the server's HTTP interface is elsewhere, start me with `PARLEY_API_URL` set to it.",
    ]),
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function names(agents: readonly AgentInfo[]): string {
  return agents.map(bold).join(", ");
}

function bold({ agent_name, agent_id }: AgentInfo): string {
  return `**${plain(agent_name || agent_id)}**`;
}

function word({ is_online, status }: AgentInfo): string {
  return is_online ? status : "offline";
}

function load({ current_tasks, max_concurrent_tasks }: AgentInfo): string {
  return `${current_tasks} of ${max_concurrent_tasks}`;
}

function capabilities({ capabilities }: AgentInfo): string {
  return capabilities.length > 0 ? capabilities.map(plain).join(", ") : "–";
}
