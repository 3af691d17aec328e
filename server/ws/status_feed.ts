/** Tells every frontend and broker on a socket who is there: all at once, then what changes, and all again now and then. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { Roster } from "../roster.ts";
import { timestamp } from "../../shared/model/message.ts";
import { type Clock, every } from "../presence/clock.ts";
import { Rota } from "./rota.ts";

/** Full updates are spread over their interval in so many steps. */
const STEPS = 20;

/** Milliseconds for which an update that tells of everybody may be sent again. */
const FRESH_MS = 100;

/** A reader of updates; `send` never blocks. */
export interface Listener {
  send(frame: string): void;
  /** Sends it unless so much waits to be sent that the reader does not keep up: then it gives false. */
  offer(frame: string): boolean;
  /** Resolves once it has caught up, or is over; then with false. */
  caughtUp(): Promise<boolean>;
}

export interface StatusFeedOptions {
  roster: Pick<Roster, "list" | "onChange">;
  clock: Clock;
  /** Milliseconds between the times at which each listener is told of everybody. */
  intervalMs: number;
}

/**
 * Serialises each update once, for however many listen. A listener that does not keep up misses updates, and is told
 * the newest state of whoever changed meanwhile once it has caught up.
 */
export class StatusFeed implements Disposable {
  readonly #listeners = new Rota<Listener>(STEPS);
  /** What changed since a listener fell behind. */
  readonly #behind = new Map<Listener, Map<string, AgentInfo>>();
  readonly #listening: Disposable;
  readonly #timer: Disposable;
  readonly #roster: StatusFeedOptions["roster"];
  readonly #clock: Clock;
  #full: string | undefined;
  #madeAtTicks = 0;

  constructor({ roster, clock, intervalMs }: StatusFeedOptions) {
    this.#roster = roster;
    this.#clock = clock;
    this.#listening = roster.onChange((agents) => this.#tell(agents));
    this.#timer = every(clock, intervalMs / STEPS, () => this.#tellSome());
  }

  /** Tells `listener` of everybody now, and of every change from now on. Dispose of the result to end that. */
  join(listener: Listener): Disposable {
    this.show(listener);
    const place = this.#listeners.add(listener);
    return {
      [Symbol.dispose]: () => {
        place[Symbol.dispose]();
        this.#behind.delete(listener);
      },
    };
  }

  /** Tells `listener` of everybody now. What it missed so far is older, and must not come after it. */
  show(listener: Listener): void {
    this.#behind.get(listener)?.clear();
    listener.send(this.#everybody());
  }

  /** Made anew when somebody has changed, and when it is too old to be true of when everybody was last seen. */
  #everybody(): string {
    const ticks = this.#clock.ticks();
    if (ticks - this.#madeAtTicks > FRESH_MS) this.#full = undefined;
    if (this.#full === undefined) this.#madeAtTicks = ticks;
    return this.#full ??= update(this.#roster.list(), true);
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
    this.#listening[Symbol.dispose]();
    this.#behind.clear();
  }

  #tell(agents: AgentInfo[]): void {
    this.#full = undefined;
    const frame = update(agents, false);
    this.#listeners.forEach((listener) => {
      const isBehind = this.#behind.size > 0 && this.#behind.has(listener);
      if (isBehind || !listener.offer(frame)) this.#note(listener, agents);
    });
  }

  #note(listener: Listener, agents: AgentInfo[]): void {
    const missed = this.#behind.get(listener) ?? new Map<string, AgentInfo>();
    for (const agent of agents) missed.set(agent.agent_id, agent);
    if (this.#behind.has(listener)) return;
    this.#behind.set(listener, missed);
    void listener.caughtUp().then((isThere) => this.#catchUp(listener, isThere));
  }

  #catchUp(listener: Listener, isThere: boolean): void {
    const missed = this.#behind.get(listener);
    this.#behind.delete(listener);
    if (missed && missed.size > 0 && isThere) listener.send(update([...missed.values()], false));
  }

  #tellSome(): void {
    for (const listener of this.#listeners.next()) {
      // Who is behind is told what changed as soon as it can be, and of everybody the next time.
      if (listener.offer(this.#everybody())) this.#behind.get(listener)?.clear();
    }
  }
}

function update(agents: AgentInfo[], is_full_update: boolean): string {
  return JSON.stringify({
    message_type: "AGENT_STATUS_UPDATE",
    sender_id: "server",
    is_full_update,
    agents,
    timestamp: timestamp(),
  });
}
