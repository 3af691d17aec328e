/** What the guide knows of the running system: asked of the server's HTTP interface, as anybody can. */
import * as z from "zod";
import { type AgentInfo, agentInfoSchema } from "../../shared/model/agent.ts";

/** What was true a moment ago. What could not be asked is undefined. */
export interface Facts {
  /** Who the guide is. */
  self: { id: string; name: string };
  /** Where the server's HTTP interface was asked. */
  apiUrl: string;
  /** Where the dashboard is expected to be. */
  dashboardUrl: string;
  agents: AgentInfo[] | undefined;
  /** How many brokers are connected. */
  brokers: number | undefined;
  /** Whether the server is ready, and which parts are not. */
  ready: { ok: boolean; failing: string[] } | undefined;
  /** Figures by name, such as `uptime_s`. */
  stats: Record<string, number | string>;
  version: string | undefined;
}

/** Where to ask, and who asks. */
export interface Sources {
  self: { id: string; name: string };
  apiUrl: string;
  dashboardUrl: string;
}

const LIMIT_MS = 2_000;
const itemsSchema = z.object({ items: z.array(z.unknown()) });

/** Asks everything at once. Never throws: what does not answer within 2 s is left undefined. */
export async function readFacts(sources: Sources, signal: AbortSignal): Promise<Facts> {
  const get = (path: string) => getJson(`${sources.apiUrl}${path}`, signal);
  const [agents, brokers, ready, stats, root] = await Promise.all(
    ["/api/agents?limit=100", "/api/brokers?limit=100", "/readyz", "/api/stats", "/"].map(get),
  );
  const version = (root?.body as { version?: unknown } | null)?.version;
  return {
    ...sources,
    agents: agentsIn(agents?.body),
    brokers: brokersIn(brokers?.body),
    ready: ready && { ok: ready.ok, failing: failingIn(ready.body) },
    stats: figuresIn(stats?.body),
    version: typeof version === "string" ? version : undefined,
  };
}

interface Answer {
  ok: boolean;
  body: unknown;
}

async function getJson(url: string, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]) });
    return { ok: response.ok, body: await response.json().catch(() => undefined) };
  } catch {
    return undefined;
  }
}

/** Reads the agents out of a list as the server gives it; one that cannot be understood is left out. */
function agentsIn(body: unknown): AgentInfo[] | undefined {
  const list = itemsSchema.safeParse(body);
  if (!list.success) return undefined;
  const agents = list.data.items.map((item) => agentInfoSchema.safeParse(item));
  return agents.flatMap((agent) => agent.success && !agent.data.removed ? [agent.data] : []);
}

function brokersIn(body: unknown): number | undefined {
  const list = itemsSchema.safeParse(body);
  if (!list.success) return undefined;
  return list.data.items.filter((item) => (item as { is_online?: unknown } | null)?.is_online !== false)
    .length;
}

const faultsSchema = z.object({ faults: z.record(z.string(), z.unknown()) });

/** Reads which parts are not well, each with its reason. */
export function failingIn(body: unknown): string[] {
  const parsed = faultsSchema.safeParse(body);
  if (!parsed.success) return [];
  return Object.entries(parsed.data.faults).map(([part, reason]) => `${part} (${String(reason)})`);
}

/** Reads every figure of a nested object under its own name; the outermost of one name counts. */
export function figuresIn(body: unknown): Record<string, number | string> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return {};
  const inner = Object.entries(body).filter(([, value]) => typeof value === "object" && value !== null);
  const nested = inner.flatMap(([name, value]) =>
    Object.entries(figuresIn(value)).map(([key, figure]) => [`${name}.${key}`, figure] as const)
  );
  const own = Object.entries(body).filter(([, value]) =>
    typeof value === "number" || typeof value === "string"
  );
  return Object.fromEntries([...nested, ...own]);
}
