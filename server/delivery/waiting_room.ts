/** Messages whose agent cannot be reached: they wait in the store, and go on in their order when it can be. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { atMost } from "../../shared/pause.ts";
import type { StoredMessage } from "../../shared/store/store.ts";
import { allOf } from "../all_of.ts";
import type { DeliveryContext } from "./context.ts";

const PAGE = 50;
const RETRY_MS = 2_000;
/** How long closing waits for what is being released, in milliseconds: the rest is, after the next start. */
const FINISH_MS = 500;

const log = logOf("server", "waiting");

/**
 * Hands one message that waited to its agent, in the order of the calls; resolves once that is written. Its sender's
 * session is in memory, if there is one.
 */
export type Release = (message: StoredMessage["message"]) => Promise<void>;

interface Queue {
  /** Messages that are being written as waiting. */
  arriving: number;
  draining: Promise<void> | undefined;
  /** Something arrived while draining. */
  again: boolean;
}

/** Knows who is waited for. Everything else stands in the store. */
export class WaitingRoom implements AsyncDisposable {
  readonly #queues = new Map<string, Queue>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #isClosed = false;

  constructor(private readonly context: DeliveryContext, private readonly release: Release) {}

  /** Finds who was waited for when the server stopped, so that what comes now queues up behind. */
  async load(): Promise<void> {
    const { store, server } = this.context;
    for (const id of await store.conversations.receiversInState(server, "waiting")) this.#queue(id);
  }

  /** Releases everything that can be released now. */
  wakeAll(): void {
    for (const agentId of this.#queues.keys()) this.wake(agentId);
  }

  /** Tells whether a new message for the agent must queue up behind others. */
  has(agentId: string): boolean {
    return this.#queues.has(agentId);
  }

  /** Lets a message wait: `write` stores it as waiting. */
  async put(agentId: string, write: () => Promise<unknown>): Promise<void> {
    const queue = this.#queue(agentId);
    queue.arriving++;
    try {
      await write();
    } finally {
      queue.arriving--;
      this.wake(agentId);
    }
  }

  /** Releases what waits for the agent, if it can be reached now. */
  wake(agentId: string): void {
    const queue = this.#queues.get(agentId);
    if (!queue || this.#isClosed || !this.context.roster.isReachable(agentId)) return;
    queue.again = true;
    queue.draining ??= this.#drain(agentId, queue);
  }

  /**
   * Gives everything that waits for the agent to `take`, which keeps it elsewhere and changes its state; nothing of it
   * is released meanwhile. Rejects with what `take` throws: the rest goes on waiting.
   */
  async empty(agentId: string, take: (message: StoredMessage["message"]) => Promise<void>): Promise<void> {
    await this.hold(agentId, () => this.#takeAll(agentId, take));
  }

  /** Runs `work` while nothing is released to the agent; what comes for it waits, and goes on after that. */
  async hold(agentId: string, work: () => Promise<void>): Promise<void> {
    let queue = this.#queue(agentId);
    while (queue.draining) {
      await queue.draining;
      queue = this.#queue(agentId);
    }
    const working = work();
    const over = () => {
      queue.draining = undefined;
      this.wake(agentId);
    };
    queue.draining = working.then(over, over);
    await working;
  }

  async #takeAll(
    agentId: string,
    take: (message: StoredMessage["message"]) => Promise<void>,
  ): Promise<void> {
    const { store, server } = this.context;
    for (;;) {
      const rows = await store.conversations.inState(server, "waiting", { receiverId: agentId, limit: PAGE });
      await allOf(rows.map(({ message }) => take(message)));
      if (rows.length < PAGE) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await atMost(FINISH_MS, Promise.all(Array.from(this.#queues.values(), (queue) => queue.draining)));
  }

  async #drain(agentId: string, queue: Queue): Promise<void> {
    let isEmpty = false;
    try {
      while (queue.again) {
        queue.again = false;
        isEmpty = await this.#drainPages(agentId);
      }
      queue.draining = undefined;
      if (isEmpty && queue.arriving === 0) this.#queues.delete(agentId);
      // It was away or paused for a moment, and who told of its return found this still at work.
      else if (!isEmpty) this.wake(agentId);
    } catch (cause) {
      queue.draining = undefined;
      log.warning("What waits for {agentId} could not be sent on; again soon: {cause}", { agentId, cause });
      this.#later(agentId);
    }
  }

  /** Tells whether nothing waits any more. */
  async #drainPages(agentId: string): Promise<boolean> {
    const { store, server, roster, sessions, isOurs } = this.context;
    while (roster.isReachable(agentId) && !this.#isClosed) {
      const filter = { receiverId: agentId, limit: PAGE };
      const all = await store.conversations.inState(server, "waiting", filter);
      const rows = all.filter(({ message }) => isOurs(message._server_id ?? ""));
      if (rows.length === 0 && all.length === PAGE) throw othersFirst(agentId);
      await Promise.all(rows.map(({ message }) => sessions.load(message.sender_id ?? "")));
      // It may have been paused, or gone, meanwhile.
      if (!roster.isReachable(agentId)) return false;
      await Promise.all(rows.map(({ message }) => this.release(message)));
      if (all.length < PAGE) return true;
    }
    return false;
  }

  #later(agentId: string): void {
    if (this.#isClosed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.wake(agentId);
    }, RETRY_MS);
    this.#timers.add(timer);
  }

  #queue(agentId: string): Queue {
    const queue = this.#queues.get(agentId) ?? { arriving: 0, draining: undefined, again: false };
    this.#queues.set(agentId, queue);
    return queue;
  }
}

/** What other servers are to release hides what comes after it. */
function othersFirst(agentId: string): ParleyError {
  return new ParleyError("unavailable", `Other servers are sending on what waits for ${agentId}.`);
}
