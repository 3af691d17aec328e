/** The queues as the page lists them: those that every system has, and those of agents, which may be hundreds. */
import type { Queue } from "./figures.ts";

const AGENTS = "agent_queue_";
/** The name under which the server counts all agents' queues together. */
export const ALL_AGENTS = `${AGENTS}*`;
/** The queue that tasks are said to be in when they fail. */
const TASKS = "tasks";

export interface Grouped {
  shared: readonly Queue[];
  agents: readonly Queue[];
  /** All agents' queues as one; undefined when there are none. */
  agentsTogether?: Queue;
}

/** Sets the agents' queues apart; the fullest stand first, and then it goes by name. */
export function grouped(queues: readonly Queue[]): Grouped {
  const ordered = queues.toSorted((a, b) => b.ready - a.ready || (a.queue < b.queue ? -1 : 1));
  const agents = ordered.filter(({ queue }) => queue.startsWith(AGENTS));
  const shared = ordered.filter(({ queue }) => !queue.startsWith(AGENTS)).sort((a, b) =>
    a.queue < b.queue ? -1 : 1
  );
  return { shared, agents, agentsTogether: agents.length > 0 ? together(agents) : undefined };
}

/** Gives the id of the agent whose queue it is. */
export function agentOf(queue: string): string | undefined {
  return queue.startsWith(AGENTS) ? queue.slice(AGENTS.length) || undefined : undefined;
}

/** Gives the page of what waits in a queue: an agent's, or the task's that failed with this id. */
export function pageOfQueue(queue: string, id: string): string | undefined {
  if (queue === TASKS) return `/tasks/${encodeURIComponent(id)}`;
  const agent = agentOf(queue);
  return agent && `/agents/${encodeURIComponent(agent)}`;
}

function together(queues: readonly Queue[]): Queue {
  const sum = (of: (queue: Queue) => number) => queues.reduce((all, queue) => all + of(queue), 0);
  return {
    queue: ALL_AGENTS,
    ready: sum(({ ready }) => ready),
    in_flight: sum(({ in_flight }) => in_flight),
    consumers: sum(({ consumers }) => consumers),
  };
}
