/** The conversations that are going on: the number of their last message, who spoke last, and who takes part. */
import { ParleyError } from "../../shared/error.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { ConversationStore } from "../../shared/store/store.ts";
import { Recent } from "../../shared/recent.ts";

const REMEMBERED = 20_000;

export interface Thread {
  readonly id: string;
  lastSeq: number;
  lastAgentId: string | null;
  readonly members: Set<string>;
}

/** Keeps what accepting a message needs of its conversation in memory. */
export class Threads {
  readonly #recent = new Recent<Thread>(REMEMBERED);
  readonly #loading = new Map<string, Promise<Thread>>();

  constructor(private readonly store: ConversationStore, private readonly server: Principal) {}

  /** Begins a conversation that nobody can know of yet. */
  begin(id: string, member: string): Thread {
    const thread = { id, lastSeq: 0, lastAgentId: null, members: new Set([member]) };
    this.#recent.set(id, thread);
    return thread;
  }

  find(id: string): Thread | undefined {
    return this.#recent.get(id);
  }

  /** Enters a conversation as `principal`. Throws `not_found` when it is another's. */
  async enter(id: string, principal: Principal): Promise<Thread> {
    const thread = this.find(id) ?? await this.#load(id, principal.id);
    if (thread.members.has(principal.id) || principal.kind === "server") return thread;
    if (!await this.store.find(principal, id)) {
      throw new ParleyError("not_found", `There is no conversation '${id}'.`);
    }
    thread.members.add(principal.id);
    return thread;
  }

  /** Forgets a conversation that was removed. */
  forget(id: string): void {
    this.#recent.delete(id);
  }

  /** Notes that somebody was sent a message of the conversation, or spoke in it. */
  join(id: string, member: string, speaks = false): void {
    const thread = this.find(id);
    thread?.members.add(member);
    if (thread && speaks) thread.lastAgentId = member;
  }

  #load(id: string, first: string): Promise<Thread> {
    const loading = this.#loading.get(id) ?? this.#read(id, first);
    this.#loading.set(id, loading);
    return loading;
  }

  async #read(id: string, first: string): Promise<Thread> {
    try {
      // What is new is the common case, and costs no wait for what is being written.
      if (!await this.store.hasConversation(this.server, id)) return this.begin(id, first);
      const known = await this.store.find(this.server, id);
      if (!known) return this.begin(id, first);
      const lastSeq = await this.store.highestSeq(this.server, id);
      const thread = { id, lastSeq, lastAgentId: known.last_agent_id, members: new Set<string>() };
      this.#recent.set(id, thread);
      return thread;
    } finally {
      this.#loading.delete(id);
    }
  }
}
