/** What is known of an agent, as frontends and brokers are told it (protocol, "WebSocket" and "Presence"). */
import * as z from "zod";

export const AGENT_STATUSES = ["idle", "busy", "paused", "error", "offline"] as const;
export type AgentStatus = typeof AGENT_STATUSES[number];

/** The capability of an agent that gets no message which names nobody, as long as another agent is there. */
export const ONLY_WHEN_NAMED = "only-when-named";

/** How many attributes an agent may have, and how many bytes all of them, with their names. */
export const MOST_ATTRIBUTES = 100;
export const MOST_ATTRIBUTE_BYTES = 64 * 1024;

/** Describes an agent in `AGENT_STATUS_UPDATE`, in `GET /api/agents` and in the dashboard. */
export const agentInfoSchema = z.looseObject({
  agent_id: z.string().min(1),
  agent_name: z.string(),
  is_online: z.boolean(),
  last_seen: z.string(),
  status: z.enum(AGENT_STATUSES).catch("idle"),
  status_text: z.string().default(""),
  agent_role: z.string().default(""),
  version: z.string().default(""),
  hostname: z.string().default(""),
  platform: z.string().default(""),
  capabilities: z.array(z.string()).default([]),
  attributes: z.record(z.string(), z.string()).default({}),
  current_tasks: z.int().min(0).default(0),
  max_concurrent_tasks: z.int().min(1).default(1).catch(1),
  load_factor: z.number().min(0).default(0),
  metrics: z.record(z.string(), z.string()).default({}),
  /** What operators decided, which is there also while the agent is away; left out where it is not so. */
  is_paused: z.boolean().optional(),
  is_taken_off: z.boolean().optional(),
  removed: z.boolean().optional(),
});
export type AgentInfo = z.infer<typeof agentInfoSchema>;

/** Describes the update that frontends and brokers get: every agent (`is_full_update`), or those that changed. */
export const agentStatusUpdateSchema = z.looseObject({
  message_type: z.literal("AGENT_STATUS_UPDATE"),
  is_full_update: z.boolean().default(true),
  agents: z.array(agentInfoSchema),
});
export type AgentStatusUpdate = z.infer<typeof agentStatusUpdateSchema>;

const IDLE_WORDS = new Set(["", "active", "online", "available", "ready"]);

/** Reads a peer's own word for its status: `active` or `online` is `idle`, another word `idle` or `busy` by its load. */
export function toAgentStatus(word: string, loadFactor: number): AgentStatus {
  const lower = word.trim().toLowerCase();
  const known = AGENT_STATUSES.find((status) => status === lower);
  if (known) return known;
  if (IDLE_WORDS.has(lower)) return "idle";
  return loadFactor >= 1 ? "busy" : "idle";
}

/** Reads capabilities from the gRPC map: a key with an empty or `true` value is one, other pairs are attributes. */
export function splitCapabilities(pairs: Record<string, string>): {
  capabilities: string[];
  attributes: Record<string, string>;
} {
  const isCapability = ([, value]: [string, string]) => ["", "true"].includes(value.trim().toLowerCase());
  const entries = Object.entries(pairs);
  return {
    capabilities: entries.filter(isCapability).map(([name]) => name),
    attributes: Object.fromEntries(entries.filter((entry) => !isCapability(entry))),
  };
}
