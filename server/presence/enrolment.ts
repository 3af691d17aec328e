/** Enrolment: who is registered, whose an id is, and who may speak as whom. */
import { ParleyError } from "../../shared/error.ts";
import { DEFAULT_TENANT, type Principal } from "../../shared/model/principal.ts";
import type { Brokers } from "../brokers.ts";
import { isPeerKey } from "../peer_key.ts";
import { type Agent, newAgent, registerAgain } from "./agent.ts";
import { fits, notRegistered, requireKey, takenOff, tookOver } from "./claim.ts";
import type { Clock } from "./clock.ts";
import { claimId, giveUpConnections, type Holder, newPeer, type Peer, wrongKey } from "./peer.ts";
import { type AgentRegistration, checkRegistration } from "./registration.ts";

/** How many agents are known at most, where nothing else is said. */
const MOST_AGENTS = 10_000;

export interface EnrolmentOptions {
  /** Everybody that is known, by id. */
  agents: Map<string, Agent>;
  brokers: () => Brokers;
  clock: Clock;
  serverId: string;
  /** Whether another server has a peer: here it is as one that is not registered, until it registers here. */
  isElsewhere: (peer: Peer) => boolean;
  /** Whether that server surely is there, and has not just crashed: only then its word keeps an id from others. */
  isSurelyElsewhere: (peer: Peer) => boolean;
  /** Makes room for one more where so many agents are known. Throws `rate_limited` when there is none. */
  makeRoom: (most: number) => void;
  /** How many agents are known at most; default 10,000. */
  mostAgents?: number | undefined;
}

/** What a registration made: the agent, which is online from now on, and the key by which it is known again. */
export interface Enrolled {
  agent: Agent;
  key: string;
}

export class Enrolment {
  /** How many registrations there were. */
  count = 0;

  constructor(private readonly options: EnrolmentOptions) {}

  /** Registers an agent; throws as `Roster.register` does. */
  enrol(given: AgentRegistration): Enrolled {
    const { agents, clock, serverId, makeRoom, mostAgents = MOST_AGENTS } = this.options;
    const registration = checkRegistration(given);
    const { agentId: wanted, agentName: name, sessionKey, connectionType } = registration;
    if (this.find(wanted ?? "")?.isTakenOff) throw takenOff(wanted as string);
    const { id, key } = claimId({ kind: "agent", id: wanted, sessionKey }, (id) => this.holderOf(id));
    const peer = newPeer({ id, serverId, key, name, clock, connectionType });
    const known = agents.get(id);
    if (known && known.keyHash !== peer.keyHash) giveUpConnections(known, tookOver(id));
    if (known) registerAgain(known, peer, registration);
    else makeRoom(mostAgents);
    const agent = known ?? newAgent(peer, registration);
    agents.set(id, agent);
    this.count++;
    return { agent, key };
  }

  find(agentId: string): Agent | undefined {
    return this.options.agents.get(agentId);
  }

  /** Finds an agent that no other server has. */
  here(agentId: string): Agent | undefined {
    const agent = this.find(agentId);
    return agent && !this.options.isElsewhere(agent) ? agent : undefined;
  }

  /** Finds an agent, registered or not. Throws `not_found`. */
  known(agentId: string): Agent {
    const agent = this.find(agentId);
    if (agent) return agent;
    throw new ParleyError("not_found", `There is no agent ${agentId}. GET /api/agents lists who there is.`);
  }

  /** Finds an agent that is registered. Throws `not_found`. */
  registered(agentId: string): Agent {
    const agent = this.here(agentId);
    if (agent?.isRegistered) return agent;
    throw notRegistered(agentId);
  }

  /** Finds the agent that a call is of; throws as `Roster.requireAgent` does. */
  speaker(agentId: string, sessionKey: string | undefined): Agent {
    const agent = this.registered(agentId);
    if (!fits(agent, sessionKey)) throw notRegistered(agentId);
    requireKey(agent, sessionKey);
    return agent;
  }

  /** Finds the agent that asks to be taken off; undefined when there is nothing to take off. Throws `unauthenticated`. */
  leaver(agentId: string, sessionKey: string | undefined): Agent | undefined {
    const agent = this.here(agentId);
    if (!agent?.isRegistered || !fits(agent, sessionKey)) return undefined;
    requireKey(agent, sessionKey);
    return agent;
  }

  /** Tells whose an id is. */
  holderOf(id: string): Holder | undefined {
    const agent = this.find(id);
    const { isSurelyElsewhere } = this.options;
    if (agent) return { kind: "agent", peer: agent, isElsewhere: isSurelyElsewhere(agent) };
    const brokers = this.options.brokers();
    brokers.forget();
    const broker = brokers.find(id);
    return broker && { kind: "broker", peer: broker, isElsewhere: isSurelyElsewhere(broker) };
  }

  /** Tells who shows a key; throws as `Roster.authenticate` does. */
  authenticate(id: string, sessionKey: string): Principal {
    const agent = this.find(id);
    const peer: Peer | undefined = agent ?? this.options.brokers().find(id);
    if (!peer?.isRegistered || !isPeerKey(sessionKey, peer.keyHash)) throw wrongKey(id);
    return { kind: agent ? "agent" : "broker", id, tenantId: DEFAULT_TENANT };
  }
}
