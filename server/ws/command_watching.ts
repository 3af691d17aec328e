/** `SUBSCRIBE_COMMANDS`: a frontend that watches commands, of its own person's. */
import { z } from "zod";
import { ParleyError } from "../../shared/error.ts";
import { check } from "../../shared/model/codec.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { Connection } from "./connection.ts";
import type { WebSocketEdge } from "./edge.ts";
import type { Frame } from "./frame.ts";

/** What one connection can watch at once. */
const MOST_WATCHED = 100;

const id = z.string().min(1, "a value is required").max(100, "allowed are 100 characters").nullish();
const subscribeSchema = z.looseObject({ command_id: id, agent_id: id });

/** One connection's subscriptions. Disposing ends them. */
export class CommandWatching implements Disposable {
  readonly #watched = new Map<string, Disposable>();
  readonly #edge: WebSocketEdge;
  readonly #connection: Connection;
  readonly #principal: Principal;
  #isOver = false;

  constructor(
    edge: WebSocketEdge,
    { connection, principal }: { connection: Connection; principal: Principal },
  ) {
    this.#edge = edge;
    this.#connection = connection;
    this.#principal = principal;
  }

  /**
   * Tells how one command, or each of those that have not ended, stands, and from then on what happens to it. Throws
   * `invalid_message`, `forbidden`, `not_found`, and `rate_limited` for more than 100 subscriptions.
   */
  async subscribe(frame: Frame): Promise<void> {
    const { command_id, agent_id } = check(subscribeSchema, frame);
    const { authorize, center } = this.#edge.options;
    authorize(this.#principal, "read_commands", command_id ?? agent_id ?? "*");
    const watched = { commandId: command_id ?? undefined, agentId: agent_id ?? undefined };
    if (command_id) await center.get(this.#principal, command_id);
    const first = command_id ? [command_id] : await center.openIds(this.#principal, watched.agentId);
    if (this.#isOver) return;
    this.#replace(
      JSON.stringify(watched),
      () => center.watchers.add(this.#principal, watched, this.#connection, first),
    );
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const watching of this.#watched.values()) watching[Symbol.dispose]();
    this.#watched.clear();
  }

  /** Whoever asks again is told again, and not twice from then on. */
  #replace(key: string, begin: () => Disposable): void {
    this.#watched.get(key)?.[Symbol.dispose]();
    this.#watched.delete(key);
    if (this.#watched.size >= MOST_WATCHED) {
      throw new ParleyError("rate_limited", `One connection can watch ${MOST_WATCHED} things at once.`);
    }
    this.#watched.set(key, begin());
  }
}
