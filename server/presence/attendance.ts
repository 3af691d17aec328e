/** Attendance: who of the registered agents is online, by what is heard of them and by silence; and who is told of it. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { PeerRow } from "../../shared/store/store.ts";
import { type Agent, shownStatus, toAgentInfo, toAgentRow } from "./agent.ts";
import { Alarm } from "./alarm.ts";
import { ChangeGatherer } from "./change_gatherer.ts";
import type { Clock } from "./clock.ts";
import { type Limits, msLeft } from "./deadline.ts";
import type { History, Subject } from "./history.ts";
import type { RosterWriter } from "./roster_writer.ts";
import { Settling } from "./settling.ts";

const log = logOf("server", "roster");

export interface AttendanceOptions {
  /** Everybody that is known, by id; whoever is forgotten is taken out. */
  agents: Map<string, Agent>;
  /** Those who were online when last kept: they are waited for. */
  awaited: string[];
  clock: Clock;
  limits: Limits;
  writer: RosterWriter;
  history: History;
  /** Whether another server has an agent: what becomes of it is for that one to say and to write. */
  isElsewhere: (agent: Agent) => boolean;
}

/** A sign of life. */
export interface Sign {
  /** Why something is shown differently, if it is. */
  reason: string;
  /** Whether it brings something new to show. */
  isNew?: boolean;
}

/** Disposing stops its clocks and tells nobody any more. */
export class Attendance implements Disposable {
  readonly #agents: Map<string, Agent>;
  readonly #options: AttendanceOptions;
  readonly #listeners = new Set<(changed: AgentInfo[]) => void>();
  readonly #changes: ChangeGatherer<Agent>;
  readonly #silence: Alarm;
  readonly #settling: Settling;

  constructor(options: AttendanceOptions) {
    const { agents, awaited, clock } = options;
    this.#options = options;
    this.#agents = agents;
    this.#changes = new ChangeGatherer(clock, (changed) => this.#tell(changed));
    this.#silence = new Alarm(clock, () => this.#endSilence());
    this.#settling = new Settling(clock, awaited, (ids) => this.#noteMissing(ids));
    this.#silence.within(this.#endSilence());
  }

  /** Resolves once everybody awaited is back, at most 5 s after the start. */
  get settled(): Promise<void> {
    return this.#settling.settled;
  }

  /** Tells `listener` what changes: the first change at once, those of the 20 ms after it together. */
  onChange(listener: (changed: AgentInfo[]) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Notes that an agent that another server has is shown differently: nothing of it is kept here. */
  changedElsewhere(agent: Agent): void {
    this.#changes.add(agent.id, agent);
  }

  /** Notes a sign of life, which shows the agent online. */
  heard(agent: Agent, { reason, isNew = false }: Sign): void {
    const wasOnline = agent.isOnline;
    this.#noteWord(agent);
    agent.isOnline = true;
    agent.isHeardOf = true;
    agent.opensStream = false;
    this.#keepSeen(agent);
    if (isNew || !wasOnline) this.changed(agent, reason);
    else this.#expect(agent);
  }

  /** Notes that an agent is still here, as its connection tells: nothing else is new. */
  stillHere(agent: Agent): void {
    this.#noteWord(agent);
    this.#keepSeen(agent);
  }

  /** Notes that an agent is gone, as it said itself or as its connection tells. */
  left(agent: Agent, reason: string): void {
    if (!agent.isOnline) return;
    agent.lastSeen = this.#options.clock.now();
    this.#showOffline(agent, reason);
  }

  /** Notes that a connection from before an agent's last registration is over: its silence counts from that on. */
  unheld(agent: Agent): void {
    this.#expect(agent);
  }

  /** Notes that there may be something new to show of an agent. */
  changed(agent: Agent, reason: string): void {
    this.#options.history.note(subjectOf(agent), reason);
    this.#show(agent);
  }

  /** Notes something that happened to an agent, which is told whether it looks different or not. */
  happened(agent: Agent, event: string): void {
    this.#options.history.noteEvent(subjectOf(agent), event);
    this.#show(agent);
  }

  [Symbol.dispose](): void {
    this.#listeners.clear();
    this.#silence[Symbol.dispose]();
    this.#settling[Symbol.dispose]();
    this.#changes[Symbol.dispose]();
  }

  #noteWord(agent: Agent): void {
    agent.lastSeen = this.#options.clock.now();
    agent.heardAtTicks = this.#options.clock.ticks();
    agent.isSilent = false;
  }

  #show(agent: Agent): void {
    if (agent.isOnline) this.#settling.back(agent.id);
    this.#expect(agent);
    this.#changes.add(agent.id, agent);
  }

  #expect(agent: Agent): void {
    this.#silence.within(this.#msLeft(agent));
  }

  #msLeft(agent: Agent): number {
    const { limits, clock, isElsewhere } = this.#options;
    return isElsewhere(agent) ? Infinity : msLeft(agent, limits, clock);
  }

  #noteMissing(ids: string[]): void {
    for (const id of ids) {
      const agent = this.#agents.get(id);
      if (agent) this.#keepSeen(agent);
    }
  }

  #showOffline(agent: Agent, reason: string): void {
    agent.isOnline = false;
    this.#keepSeen(agent);
    this.changed(agent, reason);
  }

  /** Acts on every deadline that has passed, and tells in how many milliseconds the next one is. */
  #endSilence(): number {
    let next = Infinity;
    for (const agent of [...this.#agents.values()]) {
      if (this.#msLeft(agent) <= 0) this.#silent(agent);
      if (!agent.isRemoved) next = Math.min(next, this.#msLeft(agent));
    }
    return next;
  }

  #silent(agent: Agent): void {
    if (!agent.isOnline) return this.forget(agent);
    agent.isSilent = true;
    this.#showOffline(agent, "timed out");
  }

  /** Forgets who has been away longest, where `most` are known. Throws `rate_limited` when none may be forgotten. */
  makeRoom(most: number): void {
    if (this.#agents.size < most) return;
    const isAway = (agent: Agent) =>
      !agent.isOnline && !agent.isPaused && !agent.isTakenOff && agent.connections.size === 0 &&
      !this.#options.isElsewhere(agent);
    const away = [...this.#agents.values()].filter(isAway);
    if (away.length === 0) {
      throw new ParleyError("rate_limited", `${most} agents are the most that are known here.`);
    }
    this.forget(away.reduce((one, other) => other.lastSeen < one.lastSeen ? other : one));
  }

  /** Takes an agent off the roster for good; whoever listens is told. */
  forget(agent: Agent): void {
    agent.isRemoved = true;
    this.#agents.delete(agent.id);
    this.#options.history.forget(agent.id);
    if (!this.#options.isElsewhere(agent)) this.#options.writer.remove(agent.id);
    this.#changes.add(agent.id, agent);
  }

  #tell(changed: Agent[]): void {
    const infos = changed.map(toAgentInfo);
    for (const listener of [...this.#listeners]) {
      try {
        listener(infos);
      } catch (cause) {
        log.error("A listener of the roster failed: {cause}", { cause });
      }
    }
  }

  #keepSeen(agent: Agent): void {
    if (this.#options.isElsewhere(agent)) return;
    this.#options.writer.seen(agent.id, (): PeerRow => toAgentRow(agent));
  }
}

function subjectOf(agent: Agent): Subject {
  return { id: agent.id, kind: "agent", isOnline: agent.isOnline, status: shownStatus(agent) };
}
