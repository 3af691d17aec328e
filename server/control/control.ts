/** What people do to agents, queues and dead letters: one place for WebSocket and HTTP, decided on by `authorize()`. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { actorOf, type Principal } from "../../shared/model/principal.ts";
import type { DeadLetter } from "../../shared/model/dead_letter.ts";
import type { DeadLetterFilter, Page, PageOptions } from "../../shared/store/store.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { TaskCenter } from "../task/center.ts";
import { TASKS_QUEUE } from "../task/dead_letter.ts";
import { AgentControl, type AgentControlOptions } from "./agent_control.ts";
import { replay, type Replayed } from "./replay.ts";
import { type PutAside, resetQueues } from "./reset_queues.ts";

const log = logOf("server", "control");

export interface ControlOptions {
  delivery: Delivery;
  tasks: Pick<TaskCenter, "retry">;
  tell: AgentControlOptions["tell"];
}

/** Every method throws `forbidden` for who may not. */
export class Control {
  readonly agents: AgentControl;
  /** Dead letters that are being brought back. */
  readonly #replaying = new Set<string>();
  readonly #delivery: Delivery;
  readonly #tasks: ControlOptions["tasks"];

  constructor({ delivery, tasks, tell }: ControlOptions) {
    const { roster, authorize, errands } = delivery.context;
    this.#delivery = delivery;
    this.#tasks = tasks;
    this.agents = new AgentControl({ roster, authorize, errands, tell });
  }

  /** Puts everything that waits into the dead letters, as `resetQueues` promises. */
  async resetQueues(principal: Principal): Promise<{ queues: PutAside; messages: number; text: string }> {
    this.#authorize(principal, "reset_queues", "*");
    const queues = await resetQueues(this.#delivery, actorOf(principal));
    const messages = Object.values(queues).reduce((sum, count) => sum + count, 0);
    log.info("{by} reset all queues; put aside: {queues}", { by: actorOf(principal), queues });
    return { queues, messages, text: sentenceOf(queues, messages) };
  }

  deadLetters(principal: Principal, page: PageOptions & DeadLetterFilter): Promise<Page<DeadLetter>> {
    this.#authorize(principal, "read_queues", "*");
    return this.#delivery.context.store.deadLetters.list(principal, page);
  }

  /** Finds a dead letter. Throws `not_found`. */
  async deadLetter(principal: Principal, id: string): Promise<DeadLetter> {
    this.#authorize(principal, "read_queues", "*");
    return await this.#find(principal, id);
  }

  /** Removes a dead letter for good. Throws `not_found`. */
  async removeDeadLetter(principal: Principal, id: string): Promise<void> {
    this.#authorize(principal, "reset_queues", id);
    if (!await this.#delivery.context.store.deadLetters.remove(principal, id)) throw unknown(id);
  }

  /**
   * Brings a dead letter back, as `replay` promises; a task that has failed is tried again. Then it is none any more. Throws `not_found`, `conflict` while it
   * is being brought back already, and what `replay` throws: then it stays.
   */
  async replay(principal: Principal, id: string): Promise<Replayed> {
    this.#authorize(principal, "reset_queues", id);
    if (this.#replaying.has(id)) throw new ParleyError("conflict", "It is being brought back already.");
    this.#replaying.add(id);
    try {
      const replayed = await this.#bringBack(await this.#find(principal, id));
      await this.#delivery.context.store.deadLetters.remove(principal, id);
      return replayed;
    } finally {
      this.#replaying.delete(id);
    }
  }

  async #bringBack(letter: DeadLetter): Promise<Replayed> {
    if (letter.queue !== TASKS_QUEUE) return await replay(this.#delivery.context, letter);
    const { task_id } = await this.#tasks.retry(letter.id);
    return { messageId: task_id, queue: TASKS_QUEUE };
  }

  #authorize(principal: Principal, action: "read_queues" | "reset_queues", object: string): void {
    this.#delivery.context.authorize(principal, action, object);
  }

  async #find(principal: Principal, id: string): Promise<DeadLetter> {
    const letter = await this.#delivery.context.store.deadLetters.get(principal, id);
    if (letter) return letter;
    throw unknown(id);
  }
}

function unknown(id: string): ParleyError {
  return new ParleyError("not_found", `There is no dead letter '${id}'. GET /api/dead-letters lists them.`);
}

function sentenceOf(queues: PutAside, messages: number): string {
  if (messages === 0) return "The queues were empty.";
  const each = Object.entries(queues).map(([queue, count]) => `${count} of ${queue}`).join(", ");
  const what = messages === 1 ? "1 message was" : `${messages} messages were`;
  return `${what} put into the dead letters: ${each}.`;
}
