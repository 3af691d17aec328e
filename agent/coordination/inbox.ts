/** What one object has taken from the queues and not finished: handed out, or kept back because nobody asked for its type. */
import { PULL_LEASE_MS } from "../../shared/bus/pull.ts";
import type { Verdict } from "../../shared/bus/bus.ts";
import type { AgentMessage } from "./agent_message.ts";
import type { ReceivedMessage } from "./backend.ts";

/** A message is not handed out so shortly before its lease ends, in milliseconds: it is given back in time. */
const LEASE_MARGIN_MS = 60_000;

interface Taken {
  message: AgentMessage;
  received: ReceivedMessage;
  atMs: number;
}

export class Inbox {
  readonly #handedOut = new Map<string, Taken>();
  readonly #keptBack = new Map<string, Taken[]>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Takes what came for an agent, and gives of it and of what was kept back up to `limit` messages of `types`. */
  sort(
    agentId: string,
    received: readonly ReceivedMessage[],
    { types, limit }: { types?: ReadonlySet<string> | undefined; limit: number },
  ): AgentMessage[] {
    const atMs = this.now();
    const came = received.map((one) => ({ message: one.message, received: one, atMs }));
    const all = [...this.#stillLeased(agentId), ...came];
    const wanted = all.filter(({ message }) => !types || types.has(message.messageType)).slice(0, limit);
    this.#keptBack.set(agentId, all.filter((one) => !wanted.includes(one)));
    for (const taken of wanted) this.#handedOut.set(keyOf(agentId, taken.message.messageId), taken);
    return wanted.map(({ message }) => message);
  }

  /** Tells how many messages are kept back for an agent. */
  keptBackFor(agentId: string): number {
    return this.#keptBack.get(agentId)?.length ?? 0;
  }

  /** Settles a message that was handed out, and gives it; undefined when it was not. Throws `unavailable` when the bus does not take the verdict. */
  async settle(agentId: string, messageId: string, verdict: Verdict): Promise<AgentMessage | undefined> {
    const key = keyOf(agentId, messageId);
    const taken = this.#handedOut.get(key);
    if (!taken) return undefined;
    await taken.received.settle(verdict);
    this.#handedOut.delete(key);
    return taken.message;
  }

  /** Gives back everything that is not finished. What nobody was given yet has had no attempt. */
  async giveBack(): Promise<void> {
    const handedOut = [...this.#handedOut.values()];
    const keptBack = [...this.#keptBack.values()].flat();
    this.#handedOut.clear();
    this.#keptBack.clear();
    await Promise.allSettled([
      ...handedOut.map(({ received }) => received.settle({ kind: "retry", delayMs: 0 })),
      ...keptBack.map(({ received }) => received.settle({ kind: "return" })),
    ]);
  }

  /** What has been kept too long goes back to its queue, and comes from there again; its lease's end would count. */
  #stillLeased(agentId: string): Taken[] {
    const untilMs = this.now() - (PULL_LEASE_MS - LEASE_MARGIN_MS);
    const kept = this.#keptBack.get(agentId) ?? [];
    for (const { atMs, received } of kept) {
      if (atMs <= untilMs) received.settle({ kind: "return" }).catch(() => {});
    }
    return kept.filter(({ atMs }) => atMs > untilMs);
  }
}

function keyOf(agentId: string, messageId: string): string {
  return `${agentId}\n${messageId}`;
}
