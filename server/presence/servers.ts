/** The servers that use the same store: which of them are there, by the word that each writes every second. */
import { logOf } from "../../shared/log.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { PeerRow, RosterStore } from "../../shared/store/store.ts";
import { type Clock, every } from "./clock.ts";
import { ALIVE_MS, Lives } from "./last_alive.ts";

const LOOK_EVERY_MS = 1_000;
/** A server that did not look for so long may not have said that it is there, either. */
const STALLED_MS = ALIVE_MS - 2 * LOOK_EVERY_MS;

const log = logOf("server", "roster");

export interface ServersOptions {
  store: Pick<RosterStore, "servers">;
  server: Principal;
  clock: Clock;
  /** Whether several servers may use the store at all; where not, nobody is looked for. */
  isShared: boolean;
}

/** What is told of the other servers. */
export interface ServersChange {
  came: readonly string[];
  gone: readonly string[];
}

/** The last word of a server, and when it was first read, in ticks: clocks of two machines are never compared for long. */
interface Word {
  text: string;
  readAt: number;
  /** Whether it changed since this server first read one: that one is there, and not only may be. */
  hasChanged: boolean;
}

/**
 * Knows the other servers. One is there while its word changes; one that has said nothing new for 5 s is gone, and what
 * it had is anybody's. While the store cannot be read nobody is taken for gone.
 */
export class Servers implements AsyncDisposable {
  readonly #options: ServersOptions;
  readonly #words = new Map<string, Word>();
  readonly #listeners = new Set<(change: ServersChange) => void>();
  #others: ReadonlySet<string> = new Set();
  readonly #stallListeners = new Set<() => void>();
  /** When it was last looked, in ticks; this server writes its own word as often. */
  #lookedAt: number;
  #looking: Promise<void> | undefined;
  #timer: Disposable | undefined;

  /** Opens it with what `rows` say, or without: then `look` reads them. */
  constructor(options: ServersOptions, rows: readonly PeerRow[] = []) {
    this.#options = options;
    this.#lookedAt = options.clock.ticks();
    if (!options.isShared) return;
    const there = new Lives(rows).there(options.clock.now());
    for (const row of rows) if (there.includes(row.id)) this.#read(row);
    this.#others = this.#there();
    this.#timer = every(options.clock, LOOK_EVERY_MS, () => {
      if (!this.#looking) void this.look();
    });
  }

  /** The other servers that are there. */
  get others(): ReadonlySet<string> {
    return this.#others;
  }

  /** Tells whether `serverId` is another server, and there. */
  isOther(serverId: string | null | undefined): serverId is string {
    return typeof serverId === "string" && this.#others.has(serverId);
  }

  /** Tells whether `serverId` is another server, and has said so since this one is there. */
  isSurelyOther(serverId: string): boolean {
    return this.#others.has(serverId) && this.#words.get(serverId)?.hasChanged === true;
  }

  /**
   * Tells whether what `serverId` has is for this server to act on: it is its own, or the one that had it is gone, and
   * this is the first of those that are there.
   */
  isOurs(serverId: string): boolean {
    const { id } = this.#options.server;
    return serverId === id || (!this.#others.has(serverId) && this.isFirst);
  }

  /** Gives the server that acts on what `serverId` has: itself, or the first of those that are there where it is gone. */
  actingFor(serverId: string): string {
    if (this.#others.has(serverId)) return serverId;
    return [this.#options.server.id, ...this.#others].reduce((one, other) => other < one ? other : one);
  }

  /** Whether several servers may use the store at all. */
  get isShared(): boolean {
    return this.#options.isShared;
  }

  /** Whether what gone servers had is for this one. */
  get isFirst(): boolean {
    const { id } = this.#options.server;
    for (const other of this.#others) if (other < id) return false;
    return true;
  }

  /** Tells whether `serverId` is another server, and there, also where it may have come since the last look. */
  async isOtherNow(serverId: string | null | undefined): Promise<boolean> {
    if (!serverId || serverId === this.#options.server.id || !this.#options.isShared) return false;
    if (!this.#words.has(serverId)) await this.look();
    return this.#others.has(serverId);
  }

  /** Tells `listener` who has come and who is gone, after it is so. */
  onChange(listener: (change: ServersChange) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Tells `listener` when this server stood still for so long that others may have taken it for gone. */
  onStall(listener: () => void): Disposable {
    this.#stallListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#stallListeners.delete(listener) };
  }

  /** Reads who is there now. Never rejects: without the store everything stays as it was. */
  look(): Promise<void> {
    if (!this.isShared) return Promise.resolve();
    const looking = (this.#looking ?? Promise.resolve()).then(() => this.#look())
      .catch((cause) => log.debug("The other servers are looked for again soon: {cause}", { cause }))
      .finally(() => {
        if (this.#looking === looking) this.#looking = undefined;
      });
    return this.#looking = looking;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    this.#listeners.clear();
    this.#stallListeners.clear();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { store, server, clock } = this.#options;
    const rows = await store.servers(server);
    const hasStalled = clock.ticks() - this.#lookedAt > STALLED_MS;
    this.#lookedAt = clock.ticks();
    if (hasStalled) { for (const listener of [...this.#stallListeners]) listener(); }
    const known = new Set(rows.map(({ id }) => id));
    for (const id of this.#words.keys()) if (!known.has(id)) this.#words.delete(id);
    for (const row of rows) this.#read(row);
    const before = this.#others;
    this.#others = this.#there();
    const came = [...this.#others].filter((id) => !before.has(id));
    const gone = [...before].filter((id) => !this.#others.has(id));
    if (came.length === 0 && gone.length === 0) return;
    if (came.length > 0) log.info("Other servers are there: {came}", { came });
    if (gone.length > 0) log.info("Other servers are gone: {gone}", { gone });
    for (const listener of [...this.#listeners]) listener({ came, gone });
  }

  /** Takes in a server's word. One that is first seen by an old word is gone until it says another. */
  #read(row: PeerRow): void {
    const { clock, server } = this.#options;
    const known = this.#words.get(row.id);
    if (row.id === server.id) return;
    const hasEnded = row.is_registered === false;
    if (known?.text === row.last_seen && !hasEnded) return;
    const isOld = hasEnded || (!known && clock.now() - Date.parse(row.last_seen) >= ALIVE_MS);
    const readAt = isOld ? -Infinity : clock.ticks();
    this.#words.set(row.id, { text: row.last_seen, readAt, hasChanged: known !== undefined });
  }

  #there(): ReadonlySet<string> {
    const now = this.#options.clock.ticks();
    return new Set([...this.#words].filter(([, { readAt }]) => now - readAt < ALIVE_MS).map(([id]) => id));
  }
}
