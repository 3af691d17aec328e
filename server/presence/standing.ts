/** An agent's standing: registered or not, and what operators decided about it. Both outlast its connections. */
import { ParleyError } from "../../shared/error.ts";
import { type Agent, noLongerPaused } from "./agent.ts";
import type { Attendance } from "./attendance.ts";
import { takenOff } from "./claim.ts";
import { giveUpConnections } from "./peer.ts";

export interface StandingOptions {
  attendance: Attendance;
  /** Finds an agent. Throws `not_found`. */
  find: (agentId: string) => Agent;
  /** Keeps what has changed of an agent. */
  save: (agent: Agent) => Promise<void>;
}

/** Every method but `unregister` tells whether it changed anything, names in the history who wanted it (`by`), and throws `not_found`. */
export class Standing {
  constructor(private readonly options: StandingOptions) {}

  /** Ends a registration as the agent wants it. Resolves once that is kept, or could not be. */
  async unregister(agent: Agent): Promise<void> {
    const told = new ParleyError("not_found", `Agent ${agent.id} has unregistered.`);
    this.#end(agent, { event: "unregistered", told });
    await this.options.save(agent);
  }

  /** Keeps new messages from an agent until `resume`. */
  pause(agentId: string, by: string): boolean {
    return this.#setPaused(agentId, true, by);
  }

  /** Lets messages to an agent again. */
  resume(agentId: string, by: string): boolean {
    return this.#setPaused(agentId, false, by);
  }

  /**
   * Takes an agent off until `reregister`: it is offline at once, its connections end with `forbidden`, and it is
   * refused when it registers under this id.
   */
  deregister(agentId: string, by: string): boolean {
    const agent = this.options.find(agentId);
    if (agent.isTakenOff) return false;
    agent.isTakenOff = true;
    this.#end(agent, { event: `deregistered by ${by}`, told: takenOff(agentId) });
    void this.options.save(agent);
    return true;
  }

  /**
   * Lets an agent back that was taken off; one that is online has to register anew, since its connections end with
   * `unavailable` and its heartbeats are those of nobody.
   */
  reregister(agentId: string, by: string): boolean {
    const agent = this.options.find(agentId);
    if (!agent.isTakenOff && !agent.isOnline) return false;
    agent.isTakenOff = false;
    const told = new ParleyError("unavailable", "An operator asks for a new registration. Register again.");
    this.#end(agent, { event: `reregistered by ${by}`, told });
    void this.options.save(agent);
    return true;
  }

  #setPaused(agentId: string, isPaused: boolean, by: string): boolean {
    const agent = this.options.find(agentId);
    if (agent.isPaused === isPaused) return false;
    agent.isPaused = isPaused;
    if (!isPaused) noLongerPaused(agent);
    this.options.attendance.happened(agent, `${isPaused ? "paused" : "resumed"} by ${by}`);
    void this.options.save(agent);
    return true;
  }

  /** Ends a registration; `event` goes to the history, `told` to whoever holds one of the connections. */
  #end(agent: Agent, { event, told }: { event: string; told: ParleyError }): void {
    const { attendance } = this.options;
    agent.isRegistered = false;
    giveUpConnections(agent, told);
    if (agent.isOnline) attendance.left(agent, event);
    else attendance.happened(agent, event);
  }
}
