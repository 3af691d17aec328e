/** Agents and brokers as tables. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import { colourOf } from "./paint.ts";
import { type Column, tableOf, type TableOptions } from "./table.ts";
import { timeAgo } from "./time.ts";

export interface Shown extends TableOptions {
  nowMs: number;
}

/** Draws agents, in the order given. */
export function agentsTable(agents: readonly AgentInfo[], { nowMs, ...options }: Shown): string {
  return tableOf(agents, [
    { title: "NAME", cell: (agent) => agent.agent_name },
    { title: "ID", cell: (agent) => agent.agent_id, isWhole: true },
    { title: "STATUS", cell: statusOf, colour: ({ status }) => colourOf(status) },
    { title: "TASKS", cell: tasksOf, isNumber: true, isWhole: true, goes: 2 },
    { title: "ROLE", cell: (agent) => agent.agent_role, goes: 3 },
    { title: "CAPABILITIES", cell: (agent) => (agent.capabilities ?? []).join(" "), goes: 4 },
    {
      title: "SEEN",
      cell: (agent) => agent.is_online ? "now" : timeAgo(agent.last_seen, nowMs),
      isWhole: true,
      goes: 1,
    },
  ], options);
}

function statusOf({ status, status_text, is_online, is_paused, is_taken_off }: AgentInfo): string {
  if (is_taken_off) return `${status}: taken off`;
  if (is_paused && !is_online) return `${status}: paused`;
  return status_text && status_text !== status ? `${status}: ${status_text}` : status;
}

function tasksOf({ is_online, current_tasks, max_concurrent_tasks }: AgentInfo): string {
  return is_online ? `${current_tasks}/${max_concurrent_tasks}` : "";
}

/** A broker as `GET /api/brokers` shows it. */
export interface BrokerShown {
  broker_id: string;
  broker_name: string;
  is_online: boolean;
  last_seen: string;
}

/** Draws brokers, in the order given. */
export function brokersTable(brokers: readonly BrokerShown[], { nowMs, ...options }: Shown): string {
  const columns: Column<BrokerShown>[] = [
    { title: "NAME", cell: (broker) => broker.broker_name },
    { title: "ID", cell: (broker) => broker.broker_id, isWhole: true },
    {
      title: "STATUS",
      cell: ({ is_online }) => is_online ? "online" : "offline",
      colour: ({ is_online }) => is_online ? "green" : "dim",
    },
    { title: "SEEN", cell: (broker) => broker.is_online ? "now" : timeAgo(broker.last_seen, nowMs) },
  ];
  return tableOf(brokers, columns, options);
}
