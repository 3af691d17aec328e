/** The history of presence over SQL. */
import type { InsertResult, SelectQueryBuilder } from "kysely";
import type { AgentStatus } from "../../model/agent.ts";
import type { Principal } from "../../model/principal.ts";
import type { PresenceChange } from "../../model/presence.ts";
import type { HistoryStore, Page, PageOptions } from "../store.ts";
import type { Database } from "./database.ts";
import { limitOf, positionBelow, toPage } from "./paging.ts";
import type { Prepared } from "./prepared.ts";
import type { PresenceChangeTable, Tables } from "./schema.ts";

/** How many rows one transaction prunes, so that nothing else waits long. */
const PRUNE_ROWS = 500;

const COLUMNS = ["peer_id", "kind", "at", "status", "is_online", "reason"] as const;

type NewRow = Omit<PresenceChangeTable, "position">;
type ReadRow = Pick<PresenceChangeTable, typeof COLUMNS[number]>;
type Changes = SelectQueryBuilder<Tables, "presence_changes", ReadRow & { position: number }>;
type Period = { from?: string | undefined; to?: string | undefined };

/** Keeps changes in the table of `0003_presence_and_commands`. */
export class SqlHistory implements HistoryStore {
  readonly #insert: Prepared<NewRow, InsertResult>;

  constructor(private readonly database: Database) {
    this.#insert = database.prepare<NewRow, InsertResult>((named) =>
      database.db.insertInto("presence_changes").values({
        tenant_id: named("tenant_id"),
        principal_id: named("principal_id"),
        peer_id: named("peer_id"),
        kind: named("kind"),
        at: named("at"),
        status: named("status"),
        is_online: named("is_online"),
        reason: named("reason"),
      })
    );
  }

  async add(principal: Principal, changes: PresenceChange[]): Promise<void> {
    const rows = changes.map((change) => toRow(principal, change));
    await this.database.writeRelaxed(async (tx) => {
      for (const row of rows) await this.#insert(tx, row);
    });
  }

  async list(principal: Principal, id: string, page: PageOptions & Period): Promise<Page<PresenceChange>> {
    const limit = limitOf(page, 500);
    const below = positionBelow("history", page.cursor);
    const rows = await this.#newest(principal, id, limit + 1, (query) => {
      const before = query.where("position", "<", below);
      const from = page.from === undefined ? before : before.where("at", ">=", page.from);
      return page.to === undefined ? from : from.where("at", "<", page.to);
    });
    return toPage(rows, limit, { kind: "history", item: fromRow, position: (row) => row.position });
  }

  async lastBefore(principal: Principal, id: string, before: string): Promise<PresenceChange | undefined> {
    const [row] = await this.#newest(principal, id, 1, (query) => query.where("at", "<", before));
    return row && fromRow(row);
  }

  #newest(principal: Principal, id: string, count: number, which: (all: Changes) => Changes) {
    return this.database.read((db) => {
      const all = db.selectFrom("presence_changes").select([...COLUMNS, "position"])
        .where("tenant_id", "=", principal.tenantId).where("peer_id", "=", id);
      return this.database.dialect.limit(which(all).orderBy("position", "desc"), count).execute();
    });
  }

  async prune({ tenantId }: Principal, before: string, keep: number): Promise<void> {
    await this.database.removeInSteps(PRUNE_ROWS, (tx) => {
      const old = tx.selectFrom("presence_changes").select("position").where("tenant_id", "=", tenantId)
        .where("at", "<", before).orderBy("at");
      return tx.deleteFrom("presence_changes")
        .where("position", "in", this.database.dialect.limit(old, PRUNE_ROWS));
    });
    // One peer at a time, so that everything else gets its turn between.
    for (let id = await this.#peerAfter(tenantId, ""); id; id = await this.#peerAfter(tenantId, id)) {
      await this.#removeBelow(tenantId, id, await this.#oldestKept(tenantId, id, keep));
    }
  }

  async #peerAfter(tenantId: string, id: string): Promise<string | undefined> {
    const [row] = await this.database.read((db) => {
      const query = db.selectFrom("presence_changes").select("peer_id").where("tenant_id", "=", tenantId)
        .where("peer_id", ">", id).orderBy("peer_id");
      return this.database.dialect.limit(query, 1).execute();
    });
    return row?.peer_id;
  }

  /** Finds the position from which on a peer's changes stay, so that two servers that prune at once drop the same. */
  async #oldestKept(tenantId: string, id: string, keep: number): Promise<number> {
    if (keep === 0) return Number.MAX_SAFE_INTEGER;
    const row = await this.database.read((db) => {
      const newest = db.selectFrom("presence_changes").select("position").where("tenant_id", "=", tenantId)
        .where("peer_id", "=", id).orderBy("position", "desc");
      return db.selectFrom(this.database.dialect.limit(newest, keep).as("kept"))
        .select((eb) => eb.fn.min("kept.position").as("oldest")).executeTakeFirst();
    });
    return row?.oldest ?? 0;
  }

  #removeBelow(tenantId: string, id: string, position: number): Promise<void> {
    return this.database.removeInSteps(PRUNE_ROWS, (tx) => {
      const old = tx.selectFrom("presence_changes").select("position").where("tenant_id", "=", tenantId)
        .where("peer_id", "=", id).where("position", "<", position).orderBy("position");
      return tx.deleteFrom("presence_changes")
        .where("position", "in", this.database.dialect.limit(old, PRUNE_ROWS));
    });
  }
}

function toRow(principal: Principal, { id, is_online, kind, at, status, reason }: PresenceChange): NewRow {
  const owner = { tenant_id: principal.tenantId, principal_id: principal.id };
  return { ...owner, peer_id: id, kind, at, status, is_online: is_online ? 1 : 0, reason };
}

function fromRow({ peer_id, kind, at, status, is_online, reason }: ReadRow): PresenceChange {
  const shown = { kind: kind as PresenceChange["kind"], status: status as AgentStatus };
  return { id: peer_id, ...shown, at, is_online: is_online === 1, reason };
}
