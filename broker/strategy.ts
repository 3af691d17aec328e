/** How an agent is chosen when a message names none: the four routing strategies. */
import type { AgentInfo } from "../shared/model/agent.ts";
import type { Message } from "../shared/model/message.ts";

export const STRATEGIES = ["random", "round-robin", "least-loaded", "sticky"] as const;
export type StrategyName = typeof STRATEGIES[number];

/** Chooses one of `candidates`, which are online and never none, for `message`. */
export type Strategy = (candidates: readonly AgentInfo[], message: Message) => AgentInfo;

/**
 * Creates the strategy called `name`. What it remembers between choices is its own, so each broker has one.
 * `random` gives numbers in [0, 1).
 */
export function createStrategy(name: StrategyName, random: () => number = Math.random): Strategy {
  return CREATORS[name](random);
}

const CREATORS: Record<StrategyName, (random: () => number) => Strategy> = {
  "random": createRandom,
  "round-robin": createRoundRobin,
  "least-loaded": createLeastLoaded,
  "sticky": createSticky,
};

/**
 * Narrows `agents` to those that can start soonest: idle or busy ones; failing these, those in error; failing these,
 * the paused, for which the server keeps the message.
 */
export function readiest(agents: readonly AgentInfo[]): readonly AgentInfo[] {
  const best = Math.min(...new Set(agents.map(unreadiness)));
  return agents.filter((agent) => unreadiness(agent) === best);
}

function unreadiness({ status }: AgentInfo): number {
  if (status === "paused") return 2;
  return status === "error" ? 1 : 0;
}

function createRandom(random: () => number): Strategy {
  return (candidates) => at(candidates, Math.floor(random() * candidates.length));
}

/** Goes by the order of ids, so that agents that come and go do not upset whose turn it is. */
function createRoundRobin(): Strategy {
  let last = "";
  return (candidates) => {
    const later = candidates.filter(({ agent_id }) => agent_id > last);
    const next = lowest(later.length > 0 ? later : candidates, (a, b) => a.agent_id < b.agent_id);
    last = next.agent_id;
    return next;
  };
}

/**
 * Adds what was given since an agent last spoke of its load, so that a burst is spread before the roster catches up:
 * each update replaces the agent's entry, and the count that hangs on it. Equals take turns.
 */
function createLeastLoaded(): Strategy {
  const given = new WeakMap<AgentInfo, number>();
  let turn = 0;
  const load = (agent: AgentInfo) => loadOf(agent) + (given.get(agent) ?? 0) / agent.max_concurrent_tasks;
  return (candidates) => {
    const chosen = lowest(rotated(candidates, turn++), (a, b) => load(a) < load(b));
    given.set(chosen, (given.get(chosen) ?? 0) + 1);
    return chosen;
  };
}

/** Keeps to the agent that answered last in this conversation, while it can be chosen. */
function createSticky(): Strategy {
  const otherwise = createLeastLoaded();
  return (candidates, message) =>
    candidates.find(({ agent_id }) => agent_id === message._last_agent_id) ?? otherwise(candidates, message);
}

function loadOf({ load_factor, current_tasks, max_concurrent_tasks }: AgentInfo): number {
  return Math.max(load_factor, current_tasks / max_concurrent_tasks);
}

function lowest(agents: readonly AgentInfo[], isLower: (a: AgentInfo, b: AgentInfo) => boolean): AgentInfo {
  return agents.reduce((best, agent) => isLower(agent, best) ? agent : best);
}

function rotated(agents: readonly AgentInfo[], by: number): readonly AgentInfo[] {
  const start = by % agents.length;
  return [...agents.slice(start), ...agents.slice(0, start)];
}

function at(agents: readonly AgentInfo[], index: number): AgentInfo {
  return agents[index] as AgentInfo;
}
