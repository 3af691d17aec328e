/** Who is there, without a server: rows that the agents' own processes keep fresh. */
import type { MessageBus, Subscription } from "../../shared/bus/bus.ts";
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { isPeerId } from "../../shared/model/id.ts";
import { timestamp } from "../../shared/model/message.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { PeerRow, RosterStore } from "../../shared/store/store.ts";
import type { AgentInfo, Directory, Registration, SignOfLife } from "./backend.ts";
import { afterSign, COORDINATION_TENANT, infoOf, peerOf } from "./presence.ts";

const log = logOf("agent", "coordination");

const CHANGES = "coordination_roster_changed";

/** Of signs of life that say nothing new only one in so many milliseconds is written, or in a quarter of what an agent may be silent. */
const SELDOM_MS = 1_000;

export interface LocalDirectoryOptions {
  roster: RosterStore;
  bus: MessageBus;
  /** An agent that is silent for so long is shown offline. */
  offlineAfterMs: number;
}

/** Opens the directory; who shares the bus is told of changes at once, the others see them when they look. */
export async function openLocalDirectory(
  options: LocalDirectoryOptions,
): Promise<Directory & AsyncDisposable> {
  const directory = new LocalDirectory(options);
  await directory.listen();
  return directory;
}

class LocalDirectory implements Directory, AsyncDisposable {
  readonly #listeners = new Set<() => void>();
  /** What this process has written of its agents, and when. */
  readonly #written = new Map<string, { peer: PeerRow; atMs: number }>();
  #subscription: Subscription | undefined;

  constructor(private readonly options: LocalDirectoryOptions) {}

  async listen(): Promise<void> {
    this.#subscription = await this.options.bus.subscribe(CHANGES, () => {
      for (const listener of this.#listeners) listener();
    });
  }

  async register(agent: Registration): Promise<void> {
    requireRegistrable(agent);
    await this.#save(peerOf(agent, Date.now()));
    this.#tell();
  }

  async seen(agentId: string, sign?: SignOfLife): Promise<boolean> {
    return sign ? await this.#report(agentId, sign) : await this.#refresh(agentId);
  }

  async list(): Promise<AgentInfo[]> {
    const nowMs = Date.now();
    const rows = await this.options.roster.list(principalOf("coordination"));
    return rows.map((row) => infoOf(row, nowMs, this.options.offlineAfterMs));
  }

  async remove(agentId: string): Promise<boolean> {
    this.#written.delete(agentId);
    await this.options.roster.remove(principalOf(agentId), agentId);
    this.#tell();
    return true;
  }

  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#subscription?.[Symbol.asyncDispose]();
  }

  async #report(agentId: string, sign: SignOfLife): Promise<boolean> {
    const rows = await this.options.roster.list(principalOf(agentId));
    const known = rows.find(({ id }) => id === agentId);
    if (!known) {
      this.#written.delete(agentId);
      return false;
    }
    await this.#save(afterSign(known, sign, Date.now()));
    this.#tell();
    return true;
  }

  /** Only of agents that this process has registered: of others their own process tells. */
  async #refresh(agentId: string): Promise<boolean> {
    const written = this.#written.get(agentId);
    if (!written) return false;
    const nowMs = Date.now();
    if (nowMs - written.atMs < Math.min(SELDOM_MS, this.options.offlineAfterMs / 4)) return true;
    const status = written.peer.status;
    this.#written.set(agentId, { ...written, atMs: nowMs });
    const sign = { id: agentId, last_seen: timestamp(nowMs), status };
    await this.options.roster.seen(principalOf(agentId), [sign]);
    return true;
  }

  async #save(peer: PeerRow): Promise<void> {
    await this.options.roster.save(principalOf(peer.id), peer);
    this.#written.set(peer.id, { peer, atMs: Date.now() });
  }

  /** Others look by themselves, too: that one was not told is no fault. */
  #tell(): void {
    this.options.bus.emit(CHANGES, {}).catch((error) =>
      log.debug("A change was not told: {error}", { error })
    );
  }
}

function principalOf(id: string): Principal {
  return { kind: "server", id, tenantId: COORDINATION_TENANT };
}

/** Checks what an agent says of itself. Throws `invalid_message` that names the field at fault. */
export function requireRegistrable({ agentId, capabilities, maxConcurrentTasks = 1 }: Registration): void {
  if (!isPeerId(agentId, "agent")) {
    throw new ParleyError(
      "invalid_message",
      "Field 'agentId': allowed are 1 to 100 of A-Z a-z 0-9 _ . : - without the prefix of another kind of id.",
    );
  }
  if (capabilities.some((name) => name.trim() === "")) {
    throw new ParleyError("invalid_message", "Field 'capabilities': allowed are words that are not empty.");
  }
  if (!Number.isInteger(maxConcurrentTasks) || maxConcurrentTasks < 1 || maxConcurrentTasks > 1_000) {
    throw new ParleyError("invalid_message", "Field 'maxConcurrentTasks': allowed is 1 to 1000.");
  }
}
