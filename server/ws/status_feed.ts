/** Tells every frontend and broker on a socket who is there: all at once, then what changes, and all again now and then. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { Roster } from "../roster.ts";
import { timestamp } from "../../shared/model/message.ts";

/** Full updates are spread over their interval in so many steps. */
const STEPS = 20;

interface Listener {
  send(frame: string): void;
}

/** Serialises each update once, for however many listen. */
export class StatusFeed implements Disposable {
  readonly #slots: Set<Listener>[] = Array.from({ length: STEPS }, () => new Set());
  readonly #listening: Disposable;
  readonly #timer: ReturnType<typeof setInterval>;
  #nextSlot = 0;
  #step = 0;
  #full: string | undefined;

  /** `intervalMs`: how often each listener is told of everybody. */
  constructor(private readonly roster: Roster, intervalMs: number) {
    this.#listening = roster.onChange((agents) => this.#tell(agents));
    this.#timer = setInterval(() => this.#tellSlot(), intervalMs / STEPS);
  }

  /** Tells `listener` of everybody now, and of every change from now on. Dispose of the result to end that. */
  join(listener: Listener): Disposable {
    const slot = this.#slots[this.#nextSlot++ % STEPS]!;
    listener.send(this.full());
    slot.add(listener);
    return { [Symbol.dispose]: () => void slot.delete(listener) };
  }

  /** Gives the update that tells of everybody. */
  full(): string {
    return this.#full ??= update(this.roster.list(), true);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#listening[Symbol.dispose]();
  }

  #tell(agents: AgentInfo[]): void {
    this.#full = undefined;
    const frame = update(agents, false);
    for (const slot of this.#slots) for (const listener of slot) listener.send(frame);
  }

  #tellSlot(): void {
    const slot = this.#slots[this.#step++ % STEPS]!;
    if (slot.size === 0) return;
    this.#full = undefined;
    for (const listener of slot) listener.send(this.full());
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
