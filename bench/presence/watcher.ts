/** One frontend that is asked when it saw an agent come or go. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import { isUpdate, openFrontends } from "./frontends.ts";

/** Sees one server's agents. Disposing closes it. */
export class Watcher implements Disposable {
  readonly #online = new Map<string, boolean>();
  readonly #waiting = new Set<() => void>();
  #socket!: WebSocket;

  static async open(url: string): Promise<Watcher> {
    const watcher = new Watcher();
    const listen = (text: string) => isUpdate(text) && watcher.#take(JSON.parse(text).agents);
    [watcher.#socket] = await openFrontends({ kind: "parley", url, count: 1 }, () => listen) as [WebSocket];
    return watcher;
  }

  /** Resolves with `performance.now()` once `agentId` is shown so; with undefined when that takes over `withinMs`. */
  sees(agentId: string, isOnline: boolean, withinMs = 60_000): Promise<number | undefined> {
    return new Promise((resolve) => {
      const look = () => this.#online.get(agentId) === isOnline && end(performance.now());
      const end = (at: number | undefined) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(at);
      };
      const timer = setTimeout(() => end(undefined), withinMs);
      this.#waiting.add(look);
      look();
    });
  }

  /** Resolves once `agentId` is online. Throws when it does not come. */
  async comes(agentId: string): Promise<void> {
    if (await this.sees(agentId, true) === undefined) throw new Error(`${agentId} did not come`);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #take(agents: AgentInfo[]): void {
    for (const { agent_id, is_online } of agents) this.#online.set(agent_id, is_online);
    for (const look of [...this.#waiting]) look();
  }
}
