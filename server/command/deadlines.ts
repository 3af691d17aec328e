/** The time of all commands that have not ended: when each is over, and since when its agent is gone. */
import { Alarm } from "../presence/alarm.ts";
import type { Clock } from "../presence/clock.ts";
import { type Deadline, deadlineOf } from "./deadline.ts";
import type { OpenCommand } from "./open_command.ts";

/** A command that could not be ended when its time was over is ended after so long, in milliseconds. */
const AGAIN_MS = 1_000;

export interface DeadlinesOptions {
  clock: Clock;
  /** Lists the commands that have not ended, of one agent or all. */
  all: (agentId?: string) => OpenCommand[];
  isThere: (agentId: string) => boolean;
  /** Milliseconds after which an agent that is gone counts as lost. */
  inactivityMs: number;
  end: (open: OpenCommand, kind: Deadline["kind"]) => void;
}

/** Disposing ends nothing any more. */
export class Deadlines implements Disposable {
  readonly #goneSince = new Map<string, number>();
  readonly #alarm: Alarm;

  constructor(readonly options: DeadlinesOptions) {
    this.#alarm = new Alarm(options.clock, () => this.#endOverdue());
  }

  /** Sees to it that a command ends in time. */
  watch(open: OpenCommand): void {
    this.#alarm.within(this.#of(open).at - this.options.clock.now());
  }

  /** Looks whether an agent is there; only of those that have commands it is noted since when not. */
  notePresence(agentId: string): void {
    const open = this.options.all(agentId);
    if (open.length === 0 || this.options.isThere(agentId)) return void this.#goneSince.delete(agentId);
    if (!this.#goneSince.has(agentId)) this.#goneSince.set(agentId, this.options.clock.now());
    for (const each of open) this.watch(each);
  }

  [Symbol.dispose](): void {
    this.#alarm[Symbol.dispose]();
  }

  #of({ record }: OpenCommand): Deadline {
    const { inactivityMs } = this.options;
    return deadlineOf(record, { goneSinceMs: this.#goneSince.get(record.agent_id), inactivityMs });
  }

  /** Ends every command whose time is over, and tells in how many milliseconds the next one's is. */
  #endOverdue(): number {
    const now = this.options.clock.now();
    let next = Infinity;
    for (const open of this.options.all()) {
      const { at, kind } = this.#of(open);
      next = Math.min(next, at <= now ? AGAIN_MS : at - now);
      if (at <= now) this.options.end(open, kind);
    }
    return next;
  }
}
