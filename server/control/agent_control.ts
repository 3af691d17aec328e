/** Pausing, resuming, taking off and letting back: what people do to agents, the same for every edge. */
import { ParleyError } from "../../shared/error.ts";
import { actorOf, type Principal } from "../../shared/model/principal.ts";
import type { Authorize } from "../authorize.ts";
import type { Errands } from "../errands.ts";
import type { Agent } from "../presence/agent.ts";
import type { Roster } from "../roster.ts";

export const AGENT_ACTIONS = ["pause", "resume", "deregister", "reregister"] as const;
export type AgentAction = typeof AGENT_ACTIONS[number];

export interface AgentControlOptions {
  roster: Pick<Roster, "get" | "list" | "standing" | "isElsewhere" | "servers">;
  authorize: Authorize;
  errands: Pick<Errands, "leave">;
  /**
   * Tells an agent beside its queue, by its command stream or its socket, that it is paused or resumed. Gives false when
   * it has neither.
   */
  tell: (agentId: string, word: "pause" | "resume") => boolean;
}

/** What was done, with a sentence for people. */
export interface Done {
  agentId: string;
  changed: boolean;
  text: string;
}

export interface AllDone {
  /** Those that it changed anything for. */
  agentIds: string[];
  text: string;
}

/**
 * Decides with `authorize()`, and has the roster do it. A paused agent is given no new messages: they wait in the store,
 * and are given in their order once it is resumed. What was published to its queue before may still reach it and be
 * answered: it is the agent's already, and an agent that reads its queue itself could not be kept from it.
 */
export class AgentControl {
  /** Agents that were resumed while they could not be told. */
  readonly #unsaid = new Set<string>();

  constructor(private readonly options: AgentControlOptions) {}

  /**
   * Acts on one agent. Where another server has it, resolves once that one cannot but act. Throws `forbidden`, `not_found`,
   * `unavailable`, and `invalid_message` when none is named.
   */
  async one(principal: Principal, action: AgentAction, agentId: string): Promise<Done> {
    if (!agentId) throw unnamed(action);
    this.options.authorize(principal, "control_agent", agentId);
    const changed = await this.act(action, agentId, actorOf(principal));
    const { name } = this.options.roster.get(agentId)!;
    return { agentId, changed, text: changed ? DONE[action](name) : NOTHING_TO_DO[action](name) };
  }

  /** Acts on every agent that is known, offline ones included; one that comes later is none of them. Throws `forbidden`. */
  async all(principal: Principal, action: AgentAction): Promise<AllDone> {
    const { roster, authorize } = this.options;
    authorize(principal, "control_agent", "*");
    const known = roster.list().map(({ agent_id }) => agent_id);
    const by = actorOf(principal);
    const changed = await Promise.all(known.map((id) => this.act(action, id, by)));
    const agentIds = known.filter((_, index) => changed[index]);
    return { agentIds, text: `${agentIds.length} of ${known.length} agents ${PAST[action]}.` };
  }

  /** Tells an agent that has just opened its stream or socket what it missed, so that its own word fits. */
  arrived(agentId: string): void {
    const isPaused = this.options.roster.get(agentId)?.isPaused ?? false;
    if (isPaused) this.options.tell(agentId, "pause");
    else if (this.#unsaid.delete(agentId)) this.options.tell(agentId, "resume");
  }

  /** Has a decision take effect, here or at the server that has the agent. Gives whether it changes anything. */
  async act(action: AgentAction, agentId: string, by: string): Promise<boolean> {
    const { roster, errands } = this.options;
    const agent = roster.get(agentId);
    if (!agent || !roster.isElsewhere(agentId)) return this.#actHere(action, agentId, by);
    const changes = WOULD_CHANGE[action](agent);
    const errand = { kind: "control", action, agentId, by } as const;
    if (changes) await errands.leave(roster.servers.actingFor(agent.serverId), errand);
    return changes;
  }

  #actHere(action: AgentAction, agentId: string, by: string): boolean {
    const changed = this.options.roster.standing[action](agentId, by);
    if (changed && (action === "pause" || action === "resume")) this.#tell(agentId, action);
    return changed;
  }

  #tell(agentId: string, word: "pause" | "resume"): void {
    const isTold = this.options.tell(agentId, word);
    if (word === "resume" && !isTold) this.#unsaid.add(agentId);
    else this.#unsaid.delete(agentId);
  }
}

const WOULD_CHANGE: Readonly<Record<AgentAction, (agent: Readonly<Agent>) => boolean>> = {
  pause: ({ isPaused }) => !isPaused,
  resume: ({ isPaused }) => isPaused,
  deregister: ({ isTakenOff }) => !isTakenOff,
  reregister: ({ isTakenOff, isOnline }) => isTakenOff || isOnline,
};

function unnamed(action: AgentAction): ParleyError {
  const all = `${action.toUpperCase()}_ALL_AGENTS`;
  return new ParleyError("invalid_message", `Field 'agent_id': name the agent, or send ${all} for all.`);
}

const PAST: Readonly<Record<AgentAction, string>> = {
  pause: "were paused",
  resume: "were resumed",
  deregister: "were taken off",
  reregister: "may register again",
};

const DONE: Readonly<Record<AgentAction, (name: string) => string>> = {
  pause: (name) => `${name} is paused. New messages wait for it.`,
  resume: (name) => `${name} is resumed, and is given what waited, in order.`,
  deregister: (name) => `${name} is taken off until REREGISTER_AGENT lets it back.`,
  reregister: (name) => `${name} may register again.`,
};

const NOTHING_TO_DO: Readonly<Record<AgentAction, (name: string) => string>> = {
  pause: (name) => `${name} was paused already.`,
  resume: (name) => `${name} was not paused.`,
  deregister: (name) => `${name} was taken off already.`,
  reregister: (name) => `${name} was not taken off, and is not online.`,
};
