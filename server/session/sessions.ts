/** All sessions of this server: made, found again by their token, and put away while nobody uses them. */
import { hashPeerKey, newPeerKey } from "../peer_key.ts";
import { logOf } from "../../shared/log.ts";
import { newId } from "../../shared/model/id.ts";
import { timestamp } from "../../shared/model/message.ts";
import { DEFAULT_TENANT, type Principal } from "../../shared/model/principal.ts";
import { ParleyError } from "../../shared/error.ts";
import { pause } from "../../shared/pause.ts";
import type { SessionRow, SessionStore } from "../../shared/store/store.ts";
import type { Errands } from "../errands.ts";
import type { Servers } from "../presence/servers.ts";
import { AbsentSession } from "./absent.ts";
import { Mailbox } from "./mailbox.ts";
import { IN_MEMORY, type Reader, Session } from "./session.ts";

/** A session that nobody uses leaves the memory after so long, in milliseconds. */
const IDLE_MS = 5 * 60_000;
/** How long another server may take to give a session, in milliseconds: by then one that is gone is known to be. */
const GIVE_WITHIN_MS = 8_000;
const LOOK_AGAIN_MS = 50;

const log = logOf("server", "session");

/** The servers that share the sessions. */
export interface Sharing {
  servers: Pick<Servers, "isOtherNow" | "isShared">;
  errands: Pick<Errands, "leave">;
}

/** Where a session is. */
export type Whereabouts =
  | { session: Session; serverId?: undefined }
  /** Another server, which is there, numbers its frames. */
  | { session?: undefined; serverId: string };

/** Owns the sessions whose frames this server numbers; disposing of it writes what is not kept yet. */
export class Sessions implements AsyncDisposable {
  readonly #open = new Map<string, Session>();
  readonly #loading = new Map<string, Promise<Whereabouts | undefined>>();
  /** Takes what is addressed to those who ask over HTTP without a session. */
  readonly mailbox = new Mailbox();

  constructor(
    private readonly store: SessionStore,
    private readonly server: Principal,
    private readonly sharing?: Sharing,
  ) {}

  /** Makes a session and the token that opens it again. Resolves once its row is written. */
  async create(frontendName: string): Promise<{ session: Session; token: string }> {
    const token = newPeerKey();
    const now = timestamp();
    const row: SessionRow = {
      frontend_id: newId("web"),
      frontend_name: frontendName,
      token_hash: hashPeerKey(token),
      created_at: now,
      last_seen: now,
      reserved_seq: 0,
      server_id: this.server.id,
    };
    const session = new Session({ store: this.store, row });
    await this.store.create(session.principal, row);
    this.#open.set(session.id, session);
    return { session, token };
  }

  /**
   * Finds the session that `token` opens, or undefined when it opens none; it is this server's from now on. Throws
   * `unavailable` when the one that had it does not give it.
   */
  async byToken(token: string): Promise<Session | undefined> {
    const row = await this.store.byToken(hashPeerKey(token));
    return row && await this.#take(row.frontend_id);
  }

  /** Finds the reader of the session that `token` opens, wherever that is. */
  async readerByToken(token: string): Promise<Reader | undefined> {
    const row = await this.store.byToken(hashPeerKey(token));
    return row && await this.reader(row.frontend_id);
  }

  /** Finds a session's reader, wherever that is. */
  async reader(frontendId: string): Promise<Reader | undefined> {
    const found = await this.seek(frontendId);
    return found?.session ?? (found && this.#absent(frontendId, found.serverId));
  }

  /** Finds a reader that is in memory. */
  find(frontendId: string): Reader | undefined {
    return frontendId === this.mailbox.id ? this.mailbox : this.#open.get(frontendId);
  }

  /** Finds a session in memory; only one that is there can have a connection. */
  present(frontendId: string): Session | undefined {
    return this.#open.get(frontendId);
  }

  /** Finds a session, in memory or in the store, unless another server has it. */
  async load(frontendId: string): Promise<Session | undefined> {
    return (await this.seek(frontendId))?.session;
  }

  /** Finds where a session is; one that nobody has is this server's from now on. */
  seek(frontendId: string): Promise<Whereabouts | undefined> {
    const session = this.#open.get(frontendId);
    if (session) return Promise.resolve({ session });
    const loading = this.#loading.get(frontendId) ?? this.#load(frontendId);
    this.#loading.set(frontendId, loading);
    return loading;
  }

  /** Gives a session to the server `to`: its connections end, and what comes is left for that one. Throws `unavailable`. */
  async letGo(frontendId: string, to: string): Promise<void> {
    // What was asked of a server that is gone by now is asked of whoever took over from it.
    if (to === this.server.id) return;
    await this.#loading.get(frontendId);
    const session = this.#open.get(frontendId);
    // What is shown meanwhile is left once it is the other's, or that one would send it back.
    const given = Promise.withResolvers<void>();
    given.promise.catch(() => {/* thrown below, too */});
    session?.handOver(this.#absent(frontendId, to, given.promise));
    try {
      await session?.save();
      await this.store.give(this.server, frontendId, { from: this.server.id, to });
      this.#open.delete(frontendId);
      given.resolve();
    } catch (error) {
      given.reject(error);
      throw error;
    }
  }

  /** Lets go of the sessions that others have taken, while this server stood still. Never rejects. */
  async check(): Promise<void> {
    for (const session of [...this.#open.values()]) {
      const row = await this.store.byId(this.server, session.id).catch(() => undefined);
      if (!row?.server_id || row.server_id === this.server.id) continue;
      session.handOver(this.#absent(session.id, row.server_id));
      this.#open.delete(session.id);
    }
  }

  get connections(): number {
    let count = 0;
    for (const session of this.#open.values()) count += session.connections;
    return count;
  }

  /** Puts sessions away that nobody used for a while, and drops frames that are too old. */
  async tidy(keepMs: number, keepFrames: number): Promise<void> {
    const idleSince = Date.now() - IDLE_MS;
    for (const session of this.#open.values()) {
      if (session.connections === 0 && session.lastUsedMs < idleSince) await this.#putAway(session);
    }
    await this.store.prune(this.server, timestamp(Date.now() - keepMs), keepFrames);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const saved = await Promise.allSettled(Array.from(this.#open.values(), (session) => session.save()));
    for (const result of saved) {
      if (result.status === "rejected") {
        log.error("A session could not be saved: {cause}", { cause: result.reason });
      }
    }
    this.#open.clear();
  }

  /** Has another server give the session, if one has it. */
  async #take(frontendId: string): Promise<Session | undefined> {
    const startedAt = performance.now();
    for (let asked = ""; performance.now() - startedAt < GIVE_WITHIN_MS;) {
      const found = await this.seek(frontendId);
      if (!found?.serverId) return found?.session;
      const { serverId } = found;
      if (asked !== serverId) {
        await this.sharing?.errands.leave(serverId, { kind: "let_go", frontendId, to: this.server.id });
      }
      asked = serverId;
      await pause(LOOK_AGAIN_MS);
    }
    throw new ParleyError(
      "unavailable",
      "The server that has this session does not give it. Come back soon.",
    );
  }

  #absent(frontendId: string, serverId: string, after: Promise<void> = Promise.resolve()): AbsentSession {
    const { sharing } = this;
    if (!sharing) throw new Error("There is no other server.");
    const leave: Errands["leave"] = async (...errand) => {
      await after;
      await sharing.errands.leave(...errand);
    };
    return new AbsentSession(frontendId, serverId, { leave });
  }

  async #load(frontendId: string): Promise<Whereabouts | undefined> {
    try {
      const row = await this.store.byId(this.server, frontendId);
      if (!row) return undefined;
      const serverId = await this.#holderOf(row);
      if (serverId !== undefined) return { serverId };
      const person: Principal = { kind: "person", id: frontendId, tenantId: DEFAULT_TENANT };
      const frames = await this.store.framesAfter(
        person,
        frontendId,
        row.reserved_seq - IN_MEMORY,
        IN_MEMORY * 2,
      );
      const session = new Session({ store: this.store, row, frames });
      this.#open.set(frontendId, session);
      return { session };
    } finally {
      this.#loading.delete(frontendId);
    }
  }

  /** Finds which other server has a session; where none is there that has it, this one takes it and gives undefined. */
  async #holderOf({ frontend_id, server_id }: SessionRow): Promise<string | undefined> {
    const { server, sharing } = this;
    if (!sharing?.servers.isShared || server_id === server.id) return undefined;
    if (await sharing.servers.isOtherNow(server_id)) return server_id!;
    if (await this.store.give(server, frontend_id, { from: server_id, to: server.id })) return undefined;
    return (await this.store.byId(server, frontend_id))?.server_id ?? undefined;
  }

  async #putAway(session: Session): Promise<void> {
    const { seq } = session;
    await session.save();
    // Whoever was shown something meanwhile goes on with its numbers.
    const isUnused = session.connections === 0 && session.seq === seq;
    if (isUnused && this.#open.get(session.id) === session) this.#open.delete(session.id);
  }
}
