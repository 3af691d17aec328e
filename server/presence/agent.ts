/** An agent on the roster: what it said of itself, and how that is shown. */
import { type AgentInfo, type AgentStatus, toAgentStatus } from "../../shared/model/agent.ts";
import { TASK_SCHEMA_PREFIX } from "../../shared/model/task.ts";
import type { PeerRow } from "../../shared/store/store.ts";
import { checkMetrics, checkText, oneLine, type Registration } from "./registration.ts";
import { NOT_AN_AGENT, type Peer } from "./peer.ts";

/** What an agent's heartbeats last said. */
export interface Report {
  status: AgentStatus;
  statusText: string;
  currentTasks: number;
  metrics: Record<string, string>;
}

export interface Agent extends Peer {
  role: string;
  version: string;
  hostname: string;
  platform: string;
  capabilities: string[];
  attributes: Record<string, string>;
  maxConcurrentTasks: number;
  delivery: "queue" | "websocket";
  isPaused: boolean;
  /** True while an operator keeps it off: it is refused when it registers. */
  isTakenOff: boolean;
  /** True once it is forgotten; nobody finds it any more. */
  isRemoved: boolean;
  /** Whether the server chose its id. */
  hasGivenId: boolean;
  /** False until it opened a stream or socket, or sent a word: so far it only registered. */
  isHeardOf: boolean;
  /** True while it has registered, and not yet opened the stream that it said it would. */
  opensStream: boolean;
  /** The same for its command stream alone, whatever else was heard of it since. */
  opensCommands: boolean;
  report: Report;
}

/** Characters of a status text that are shown. */
const LONGEST_STATUS_TEXT = 200;

const NOTHING_REPORTED: Report = { status: "idle", statusText: "", currentTasks: 0, metrics: {} };

/** Makes an agent of a peer and what it said when it registered. */
export function newAgent(peer: Peer, registration: Registration): Agent {
  const afresh = { isPaused: false, isTakenOff: false, isRemoved: false, isHeardOf: false };
  const hasGivenId = !registration.agentId;
  return { ...peer, ...detailsOf(registration), ...afresh, hasGivenId, report: NOTHING_REPORTED };
}

/** Takes over what an agent says when it registers again: it starts afresh, though still paused when it was. */
export function registerAgain(agent: Agent, peer: Peer, registration: Registration): void {
  const { connections: _, replies: __, epoch: ___, ...rest } = peer;
  const afresh = { report: NOTHING_REPORTED, epoch: agent.epoch + 1, hasGivenId: agent.hasGivenId };
  Object.assign(agent, rest, detailsOf(registration), afresh);
}

function detailsOf(registration: Registration) {
  const { agentId: _id, agentName: _name, sessionKey: _key, connectionType: _type, ...details } =
    registration;
  return { ...details, opensCommands: details.opensStream };
}

/**
 * Reads a heartbeat: the peer's own status word, and the metrics that have a meaning here. Throws `invalid_message`
 * naming the field when the status has more than 200 characters or a metric is no text, and `too_large` when the
 * metrics have more than 16 KiB.
 */
export function readReport(
  agent: Agent,
  { status: word, metrics: given }: { status?: unknown; metrics?: unknown },
): Report {
  const status = checkText("status", word);
  const metrics = checkMetrics(given);
  const currentTasks = wholeNumber(metrics.current_tasks) ?? agent.report.currentTasks;
  return {
    status: toAgentStatus(status, loadFactor(currentTasks, agent.maxConcurrentTasks)),
    statusText: oneLine(metrics.internal_state ?? "").slice(0, LONGEST_STATUS_TEXT),
    currentTasks,
    metrics,
  };
}

/** Tells whether people would see a difference between two reports; figures alone wait for the next full update. */
export function looksDifferent(before: Report, after: Report): boolean {
  return before.status !== after.status || before.statusText !== after.statusText ||
    before.currentTasks !== after.currentTasks;
}

/** Notes that an agent was told to go on: that it last said it is paused is over, whenever it says so. */
export function noLongerPaused(agent: Agent): void {
  if (agent.report.status === "paused") agent.report = { ...agent.report, status: "idle" };
}

/** Describes an agent as frontends and brokers are told. */
export function toAgentInfo(agent: Agent): AgentInfo {
  const { report, maxConcurrentTasks } = agent;
  return {
    agent_id: agent.id,
    agent_name: agent.name,
    is_online: agent.isOnline,
    last_seen: new Date(agent.lastSeen).toISOString(),
    status: shownStatus(agent),
    status_text: report.statusText,
    agent_role: agent.role,
    version: agent.version,
    hostname: agent.hostname,
    platform: agent.platform,
    capabilities: agent.capabilities,
    attributes: attributesThat(agent, (name) => !isSchema(name)),
    current_tasks: report.currentTasks,
    max_concurrent_tasks: maxConcurrentTasks,
    load_factor: loadFactor(report.currentTasks, maxConcurrentTasks),
    metrics: report.metrics,
    ...(agent.isPaused ? { is_paused: true } : {}),
    ...(agent.isTakenOff ? { is_taken_off: true } : {}),
    ...(agent.isRemoved ? { removed: true } : {}),
  };
}

/** Gives the status that is shown. An agent that is heard of is not offline, whatever its last word was. */
export function shownStatus(agent: Agent): AgentStatus {
  if (!agent.isOnline) return "offline";
  if (agent.isPaused) return "paused";
  return agent.report.status === "offline" ? "idle" : agent.report.status;
}

/** Describes an agent as it is kept. */
export function toAgentRow(agent: Agent): PeerRow {
  return {
    id: agent.id,
    kind: "agent",
    name: agent.name,
    role: agent.role,
    version: agent.version,
    hostname: agent.hostname,
    platform: agent.platform,
    capabilities: agent.capabilities,
    attributes: agent.attributes,
    max_concurrent_tasks: agent.maxConcurrentTasks,
    connection_type: agent.connectionType,
    delivery: agent.delivery,
    session_key_hash: agent.keyHash,
    status: shownStatus(agent),
    is_paused: agent.isPaused,
    is_taken_off: agent.isTakenOff,
    is_registered: agent.isRegistered,
    has_given_id: agent.hasGivenId,
    registered_at: new Date(agent.registeredAt).toISOString(),
    last_seen: new Date(agent.lastSeen).toISOString(),
    server_id: agent.serverId,
  };
}

/** Makes the agent that was kept: offline since it was last seen, until it is heard of. */
export function fromAgentRow(row: PeerRow): Agent {
  return {
    id: row.id,
    serverId: row.server_id,
    name: row.name,
    keyHash: row.session_key_hash,
    isRegistered: row.is_registered ?? true,
    isOnline: false,
    lastSeen: Date.parse(row.last_seen) || 0,
    heardAtTicks: 0,
    isSilent: false,
    epoch: 0,
    hasGivenId: row.has_given_id ?? false,
    registeredAt: Date.parse(row.registered_at) || 0,
    connectionType: row.connection_type,
    connections: new Map(),
    replies: new Set(),
    role: row.role,
    version: row.version,
    hostname: row.hostname,
    platform: row.platform,
    capabilities: row.capabilities,
    attributes: row.attributes,
    maxConcurrentTasks: row.max_concurrent_tasks,
    delivery: row.delivery,
    isPaused: row.is_paused,
    isTakenOff: row.is_taken_off ?? false,
    isRemoved: false,
    isHeardOf: true,
    opensStream: false,
    opensCommands: false,
    report: NOTHING_REPORTED,
  };
}

/** Makes the agent that another server has kept, which says how it is. */
export function fromRowElsewhere(row: PeerRow): Agent {
  const report = { ...NOTHING_REPORTED, status: row.status };
  return { ...fromAgentRow(row), isOnline: row.status !== "offline", report };
}

/** Makes an agent that another server tells of; its key and what else is kept of it are read later. */
export function fromInfo(info: AgentInfo, serverId: string): Agent {
  return fromRowElsewhere({
    ...NOT_AN_AGENT,
    id: info.agent_id,
    kind: "agent",
    name: info.agent_name,
    connection_type: "grpc",
    session_key_hash: "",
    status: "offline",
    registered_at: "",
    last_seen: "",
    server_id: serverId,
  });
}

/** Takes over how another server has kept an agent that is its own; what was told of it since counts. Gives whether it looks different. */
export function registeredElsewhere(agent: Agent, kept: Agent): boolean {
  const before = JSON.stringify(toAgentInfo(agent));
  const { connections: _, replies: __, isOnline, lastSeen, report, ...rest } = kept;
  const isNewer = agent.serverId !== kept.serverId || lastSeen > agent.lastSeen;
  Object.assign(
    agent,
    rest,
    isNewer ? { isOnline, lastSeen, report: { ...agent.report, status: report.status } } : {},
  );
  return JSON.stringify(toAgentInfo(agent)) !== before;
}

/** Takes another server's word for how an agent of its own is. Gives whether that looks different. */
export function shownElsewhere(agent: Agent, info: AgentInfo): boolean {
  const lastSeen = Date.parse(info.last_seen) || 0;
  if (lastSeen < agent.lastSeen) return false;
  const before = JSON.stringify(toAgentInfo(agent));
  Object.assign(agent, {
    name: info.agent_name,
    role: info.agent_role,
    version: info.version,
    hostname: info.hostname,
    platform: info.platform,
    capabilities: info.capabilities,
    attributes: { ...attributesThat(agent, isSchema), ...info.attributes },
    maxConcurrentTasks: info.max_concurrent_tasks,
    isOnline: info.is_online,
    lastSeen,
    isPaused: info.is_paused ?? false,
    isTakenOff: info.is_taken_off ?? false,
    report: {
      status: info.status,
      statusText: info.status_text,
      currentTasks: info.current_tasks,
      metrics: info.metrics,
    },
  });
  return JSON.stringify(toAgentInfo(agent)) !== before;
}

/** Schemas of tasks are long, and whoever wants them asks for them: no update carries them. */
function isSchema(attribute: string): boolean {
  return attribute.startsWith(TASK_SCHEMA_PREFIX);
}

function attributesThat({ attributes }: Agent, fits: (name: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => fits(name)));
}

function loadFactor(current: number, most: number): number {
  return Math.round(current / Math.max(most, 1) * 1000) / 1000;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
