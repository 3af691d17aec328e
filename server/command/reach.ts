/** How agents are reached: by the line that is open, or by the one that an agent is just about to open. */
import { ParleyError } from "../../shared/error.ts";
import type { Clock } from "../presence/clock.ts";
import { OPENS_STREAM_MS } from "../presence/deadline.ts";
import type { Roster } from "../roster.ts";
import { type AgentLine, toAgent } from "./agent_line.ts";
import type { OpenCommand } from "./open_command.ts";
import type { Telling } from "./transition.ts";

export interface ReachOptions {
  roster: Pick<Roster, "get">;
  clock: Clock;
  /** The first that is open is used. */
  lines: () => readonly (AgentLine | undefined)[];
}

/** Disposing lets nobody wait any more. */
export class Reach implements Disposable {
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(readonly options: ReachOptions) {}

  /** Tells whether something can be written to an agent now. */
  isOpen(agentId: string): boolean {
    return this.#line(agentId) !== undefined;
  }

  /** Waits for an agent that is about to open the stream that it announced. Throws `agent_offline` when it cannot be reached. */
  async require(agentId: string): Promise<void> {
    const agent = this.options.roster.get(agentId);
    if (!this.isOpen(agentId) && agent?.isOnline && agent.opensCommands) await this.#opening(agentId);
    if (this.isOpen(agentId)) return;
    const way = "Send the command with if_offline 'wait' to have it wait, or try again later.";
    throw new ParleyError("agent_offline", `The agent ${agentId} cannot be given a command now. ${way}`);
  }

  /** Lets those go on who wait for an agent, which has opened its stream. */
  opened(agentId: string): void {
    for (const goOn of this.#waiting.get(agentId) ?? []) goOn();
  }

  /** Tells whether an agent is there, as far as is known: its line notices that it is gone, or else the roster does. */
  isThere(agentId: string): boolean {
    return (this.#line(agentId)?.noticesSilence ?? false) || !!this.options.roster.get(agentId)?.isOnline;
  }

  /** Writes to a command's agent, without waiting. Gives false when that cannot be reached. */
  tell({ record }: OpenCommand, telling: Telling): boolean {
    return this.#line(record.agent_id)?.write(record.agent_id, toAgent(record, telling)) ?? false;
  }

  [Symbol.dispose](): void {
    for (const agentId of [...this.#waiting.keys()]) this.opened(agentId);
  }

  async #opening(agentId: string): Promise<void> {
    const waiting = this.#waiting.get(agentId) ?? new Set();
    this.#waiting.set(agentId, waiting);
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.add(resolve);
    using _late = this.options.clock.after(OPENS_STREAM_MS, resolve);
    await promise;
    waiting.delete(resolve);
    if (waiting.size === 0) this.#waiting.delete(agentId);
  }

  #line(agentId: string): AgentLine | undefined {
    return this.options.lines().find((line) => line?.isOpen(agentId));
  }
}
