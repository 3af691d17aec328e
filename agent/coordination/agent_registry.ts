/** Who is there and what they can do: the documents' `AgentRegistry`. */
import { currentFileLog } from "../../shared/audit/file_logging.ts";
import { toAgentStatus } from "../../shared/model/agent.ts";
import { choose, type Worker } from "../../shared/task/choice.ts";
import type { AgentInfo, Registration } from "./backend.ts";
import { workersOf } from "./local_task.ts";
import type { CoordinationOptions } from "./options.ts";
import { Part } from "./part.ts";
import { type RegistryStats, registryStatsOf } from "./registry_stats.ts";

/**
 * Keeps the roster of agents. An agent is online as long as it is heard of: by `updateHeartbeat`, or by sending and
 * asking for messages from where it was registered.
 *
 * @example
 * await using registry = new AgentRegistry({ useMock: true });
 * await registry.registerAgent({ agentId: "ada", agentRole: AgentRole.WORKER, capabilities: ["python"] });
 * const best = await registry.findBestAgent(["python"]);
 */
export class AgentRegistry implements AsyncDisposable {
  readonly #part: Part;

  constructor(options: CoordinationOptions = {}) {
    this.#part = new Part(options);
  }

  /**
   * Registers an agent, in place of what was known under its id. Throws `invalid_message` that names the field at fault,
   * `conflict` when another that is connected has the id, `unavailable` when the roster cannot be reached.
   */
  async registerAgent(agent: Registration): Promise<true> {
    const { backend } = await this.#part.open();
    await backend.directory.register(agent);
    const { agentId, agentRole: agent_role, capabilities } = agent;
    currentFileLog()?.logAgentActivity(agentId, "registered", { agent_role, capabilities });
    return true;
  }

  /** Takes an agent off the roster. What it has been given goes to others. */
  async unregisterAgent(agentId: string): Promise<void> {
    const { backend } = await this.#part.open();
    await backend.directory.remove(agentId);
  }

  /** Gives what is known of an agent. */
  async getAgent(agentId: string): Promise<AgentInfo | undefined> {
    return (await this.listAgents()).find((agent) => agent.agentId === agentId);
  }

  /** Lists every agent that is known, those offline included, by id. */
  async listAgents(): Promise<AgentInfo[]> {
    const { backend } = await this.#part.open();
    return await backend.directory.list();
  }

  /**
   * Lists agents that can do all of `requiredCapabilities` and can be given something now, at most `maxResults` (default
   * 10): the one with the most free capacity first, then the least load.
   */
  async findAvailableAgents(
    requiredCapabilities: readonly string[] = [],
    { maxResults = 10 }: { maxResults?: number } = {},
  ): Promise<AgentInfo[]> {
    const agents = await this.listAgents();
    return inOrder(agents, requiredCapabilities, maxResults);
  }

  /** Finds the first of those; undefined when there is none. */
  async findBestAgent(requiredCapabilities: readonly string[] = []): Promise<AgentInfo | undefined> {
    return (await this.findAvailableAgents(requiredCapabilities, { maxResults: 1 }))[0];
  }

  /**
   * Notes that an agent is there and how it is: `status` is a word such as `active` or `busy`, `currentTasks` how many
   * tasks it has. Gives false when it is not known, because it never registered or was silent for too long.
   */
  async updateHeartbeat(
    agentId: string,
    { status = "active", currentTasks }: { status?: string; currentTasks?: number } = {},
  ): Promise<boolean> {
    const { backend } = await this.#part.open();
    const sign = { status: toAgentStatus(status, currentTasks ? 1 : 0), currentTasks };
    currentFileLog()?.logAgentActivity(agentId, "heartbeat", {
      new_status: sign.status,
      current_tasks: currentTasks,
    });
    return await backend.directory.seen(agentId, sign);
  }

  /** Gives the figures of who is there. */
  async getRegistryStats(): Promise<RegistryStats> {
    return registryStatsOf(await this.listAgents());
  }

  /**
   * Forgets agents that were silent for `olderThanMs` (default: as long as it takes to lose their tasks), and gives their
   * ids. With a server, which keeps its roster in order by itself, only those that were registered here.
   */
  async cleanupStaleAgents({ olderThanMs }: { olderThanMs?: number } = {}): Promise<string[]> {
    const { backend, settings } = await this.#part.open();
    const before = Date.now() - (olderThanMs ?? settings.silentAfterMs);
    const stale = (await backend.directory.list()).filter(({ lastSeen }) => Date.parse(lastSeen) <= before);
    const forgotten: string[] = [];
    for (const { agentId } of stale) if (await backend.directory.remove(agentId)) forgotten.push(agentId);
    return forgotten;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#part[Symbol.asyncDispose]();
  }
}

function inOrder(agents: readonly AgentInfo[], capabilities: readonly string[], most: number): AgentInfo[] {
  const byId = new Map(agents.map((agent) => [agent.agentId, agent]));
  // Nothing is asked here of the types of tasks.
  const taskTypes = new Set([""]);
  const workers = workersOf(agents, new Map(), new Map()).map((worker) => ({ ...worker, taskTypes }));
  const left = new Set<Worker>(workers);
  const found: AgentInfo[] = [];
  while (found.length < most) {
    const best = choose(left, { taskType: "", capabilities });
    if (!best) break;
    left.delete(best);
    found.push(byId.get(best.agentId)!);
  }
  return found;
}
