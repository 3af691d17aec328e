/** All sessions of this server: made, found again by their token, and put away while nobody uses them. */
import { hashPeerKey, newPeerKey } from "../peer_key.ts";
import { logOf } from "../../shared/log.ts";
import { newId } from "../../shared/model/id.ts";
import { timestamp } from "../../shared/model/message.ts";
import { DEFAULT_TENANT, type Principal } from "../../shared/model/principal.ts";
import type { SessionRow, SessionStore } from "../../shared/store/store.ts";
import { Mailbox } from "./mailbox.ts";
import { IN_MEMORY, type Reader, Session } from "./session.ts";

/** A session that nobody uses leaves the memory after so long, in milliseconds. */
const IDLE_MS = 5 * 60_000;

const log = logOf("server", "session");

/** Owns the sessions; disposing of it writes what is not kept yet. */
export class Sessions implements AsyncDisposable {
  readonly #open = new Map<string, Session>();
  readonly #loading = new Map<string, Promise<Session | undefined>>();
  /** Takes what is addressed to those who ask over HTTP without a session. */
  readonly mailbox = new Mailbox();

  constructor(private readonly store: SessionStore, private readonly server: Principal) {}

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
    };
    const session = new Session({ store: this.store, row });
    await this.store.create(session.principal, row);
    this.#open.set(session.id, session);
    return { session, token };
  }

  /** Finds the session that `token` opens, or undefined when it opens none. */
  async byToken(token: string): Promise<Session | undefined> {
    const row = await this.store.byToken(hashPeerKey(token));
    return row && await this.load(row.frontend_id);
  }

  /** Finds a reader that is in memory. */
  find(frontendId: string): Reader | undefined {
    return frontendId === this.mailbox.id ? this.mailbox : this.#open.get(frontendId);
  }

  /** Finds a session in memory; only one that is there can have a connection. */
  present(frontendId: string): Session | undefined {
    return this.#open.get(frontendId);
  }

  /** Finds a session, in memory or in the store. */
  load(frontendId: string): Promise<Session | undefined> {
    const open = this.#open.get(frontendId);
    if (open) return Promise.resolve(open);
    const loading = this.#loading.get(frontendId) ?? this.#load(frontendId);
    this.#loading.set(frontendId, loading);
    return loading;
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

  async #load(frontendId: string): Promise<Session | undefined> {
    try {
      const row = await this.store.byId(this.server, frontendId);
      if (!row) return undefined;
      const person: Principal = { kind: "person", id: frontendId, tenantId: DEFAULT_TENANT };
      const frames = await this.store.framesAfter(
        person,
        frontendId,
        row.reserved_seq - IN_MEMORY,
        IN_MEMORY * 2,
      );
      const session = new Session({ store: this.store, row, frames });
      this.#open.set(frontendId, session);
      return session;
    } finally {
      this.#loading.delete(frontendId);
    }
  }

  async #putAway(session: Session): Promise<void> {
    const { seq } = session;
    await session.save();
    // Whoever was shown something meanwhile goes on with its numbers.
    if (session.connections === 0 && session.seq === seq) this.#open.delete(session.id);
  }
}
