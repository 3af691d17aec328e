/** What agents say of the tasks that they have, on their streams or by going: what becomes of those tasks then. */
import { ParleyError } from "../../shared/error.ts";
import type { TaskRecord } from "../../shared/model/task.ts";
import type { Speaker, TaskEvent } from "../../shared/task/transition.ts";
import type { Clock } from "../presence/clock.ts";
import type { Roster } from "../roster.ts";
import type { HeldTask, TaskStream } from "./agent_line.ts";
import type { Assigning } from "./assigning.ts";
import { Leases } from "./leases.ts";
import type { Ledger } from "./ledger.ts";
import type { UntilKept } from "./until_kept.ts";
import { requireReadable, type TaskWord } from "./word.ts";

export interface TaskAgentsOptions {
  roster: Pick<Roster, "get" | "onChange">;
  clock: Clock;
  /** After so many milliseconds without a word or a heartbeat an agent has lost its tasks. */
  silenceMs: number;
  assigning: Assigning;
  ledger: Ledger;
  untilKept: UntilKept;
  /** Has something happen for which nobody waits. */
  happen: (taskId: string, event: TaskEvent) => void;
}

/** Disposing listens to nobody any more. */
export class TaskAgents implements Disposable {
  readonly #options: TaskAgentsOptions;
  readonly #leases: Leases;
  readonly #listening: Disposable;

  constructor(options: TaskAgentsOptions) {
    const { roster, clock, silenceMs, assigning } = this.#options = options;
    this.#leases = new Leases({
      clock,
      roster,
      silenceMs,
      holdings: assigning.holdings,
      onLost: (agentId, reason) => this.#lost(agentId, reason),
    });
    this.#listening = roster.onChange((agents) => {
      for (const { agent_id: agentId, is_online } of agents) {
        assigning.refresh(agentId);
        if (!is_online) this.#lost(agentId, `The agent ${agentId} went offline.`);
      }
    });
  }

  /** Notes that the roster has settled after a start: who had tasks and is not back has lost them. */
  settled(): void {
    const { assigning, roster } = this.#options;
    for (const agentId of assigning.holdings.agentIds) {
      if (roster.get(agentId)?.isOnline) assigning.giveAgain(agentId);
      else this.#lost(agentId, `The agent ${agentId} was not back after the server had been restarted.`);
    }
  }

  /**
   * Notes that an agent can be given tasks on a stream. `held`: what it works on, or has not been told to be kept; what
   * else it had it has lost, and what it has no more it is to stop.
   */
  opened(agentId: string, stream: TaskStream, held: readonly HeldTask[]): void {
    this.#leases.heard(agentId);
    const known = this.#options.assigning.opened(agentId, stream);
    const still = new Map(held.map(({ taskId, attempt }) => [taskId, attempt]));
    for (const [taskId, attempt] of known) {
      if (still.get(taskId) === attempt) continue;
      this.#options.happen(taskId, {
        kind: "agent_lost",
        reason: `The agent ${agentId} was started anew.`,
        attempt,
      });
    }
    for (const each of held) {
      if (known.get(each.taskId) !== each.attempt) void this.#adopt(agentId, stream, each);
    }
  }

  /** Notes that the stream of an agent is over; what it has it keeps while it is online. */
  closed(agentId: string, stream: TaskStream): void {
    this.#options.assigning.closed(agentId, stream);
  }

  /** Looks again at what an agent takes. */
  refresh(agentId: string): void {
    this.#options.assigning.refresh(agentId);
  }

  /** Notes a sign of life of an agent, which extends its lease. */
  heard(agentId: string): void {
    this.#leases.heard(agentId);
  }

  /**
   * Takes what an agent says of a task. Resolves once that is kept. Throws `not_found`, `forbidden` for the task of
   * another, `conflict` for an attempt that is over, `invalid_message`, and what is wrong with a result that is over 1 MiB
   * or cannot be read: then the task has failed.
   */
  async report(by: Speaker, taskId: string, word: TaskWord): Promise<TaskRecord> {
    this.#leases.heard(by.agentId);
    try {
      requireReadable(word);
    } catch (fault) {
      return await this.#refuse(taskId, by, ParleyError.from(fault));
    }
    return (await this.#options.ledger.happen(taskId, { ...word, by })).task;
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
    this.#leases[Symbol.dispose]();
  }

  /** Fails a task for what its agent says of it: another attempt would end the same way. */
  async #refuse(taskId: string, by: Speaker, fault: ParleyError): Promise<never> {
    const { code, message: error } = fault;
    await this.#options.ledger.happen(taskId, { kind: "failed", by, error, code, isFinal: true });
    throw fault;
  }

  /** What an agent has brought along from another server it keeps; anything else it is to stop. Never rejects. */
  #adopt(agentId: string, stream: TaskStream, held: HeldTask): Promise<void> {
    const { untilKept, ledger } = this.#options;
    const { taskId, attempt } = held;
    return untilKept.run(`${taskId} adopted ${agentId} ${attempt}`, async () => {
      if (!await ledger.adopt(taskId, { agentId, attempt })) stream.stop(held);
    });
  }

  #lost(agentId: string, reason: string): void {
    for (const [taskId, attempt] of this.#options.assigning.holdings.of(agentId)) {
      this.#options.happen(taskId, { kind: "agent_lost", reason, attempt });
    }
  }
}
