/** Agents and brokers over SQL. */
import type { Principal } from "../../model/principal.ts";
import type { AgentStatus } from "../../model/agent.ts";
import type { PeerRow, RosterStore } from "../store.ts";
import type { Database } from "./database.ts";
import { changed } from "./prepared.ts";
import type { PeerTable } from "./schema.ts";

const READ_COLUMNS = ["body", "last_seen", "status"] as const;

type SeenPeer = Pick<PeerTable, "tenant_id" | "id" | "last_seen" | "status">;

/** Keeps the roster in the tables of `0001_first`. */
export class SqlRoster implements RosterStore {
  readonly #replace;
  readonly #insert;
  readonly #seen;

  constructor(private readonly database: Database) {
    const { db } = database;
    this.#replace = database.prepare<PeerTable>((named) =>
      db.updateTable("peers").set({
        principal_id: named("principal_id"),
        last_seen: named("last_seen"),
        status: named("status"),
        body: named("body"),
      }).where("tenant_id", "=", named("tenant_id")).where("id", "=", named("id"))
    );
    this.#insert = database.prepare<PeerTable>((named) =>
      db.insertInto("peers").values({
        tenant_id: named("tenant_id"),
        id: named("id"),
        principal_id: named("principal_id"),
        last_seen: named("last_seen"),
        status: named("status"),
        body: named("body"),
      })
    );
    this.#seen = database.prepare<SeenPeer>((named) =>
      db.updateTable("peers").set({ last_seen: named("last_seen"), status: named("status") })
        .where("tenant_id", "=", named("tenant_id")).where("id", "=", named("id"))
    );
  }

  async save(principal: Principal, peer: PeerRow): Promise<void> {
    const row = {
      tenant_id: principal.tenantId,
      id: peer.id,
      principal_id: principal.id,
      last_seen: peer.last_seen,
      status: peer.status,
      body: JSON.stringify(peer),
    };
    await this.database.write(async (tx) => {
      if (!changed(await this.#replace(tx, row))) await this.#insert(tx, row);
    });
  }

  async seen(
    principal: Principal,
    peers: { id: string; last_seen: string; status: AgentStatus }[],
  ): Promise<void> {
    await this.database.writeRelaxed(async (tx) => {
      for (const { id, last_seen, status } of peers) {
        await this.#seen(tx, { tenant_id: principal.tenantId, id, last_seen, status });
      }
    });
  }

  async list({ tenantId }: Principal): Promise<PeerRow[]> {
    const rows = await this.database.read((db) =>
      db.selectFrom("peers").select(READ_COLUMNS).where("tenant_id", "=", tenantId).orderBy("id").execute()
    );
    return rows.map(fromRow);
  }

  async servers({ tenantId }: Principal): Promise<PeerRow[]> {
    const rows = await this.database.read((db) =>
      db.selectFrom("peers").select(READ_COLUMNS).where("tenant_id", "=", tenantId)
        .where("id", "like", "server%").orderBy("id").execute()
    );
    return rows.map(fromRow).filter(({ kind }) => kind === "server");
  }

  async remove(principal: Principal, id: string): Promise<void> {
    await this.database.write((tx) =>
      tx.deleteFrom("peers").where("tenant_id", "=", principal.tenantId).where("id", "=", id).execute()
    );
  }
}

function fromRow({ body, last_seen, status }: Pick<PeerTable, typeof READ_COLUMNS[number]>): PeerRow {
  return { ...JSON.parse(body), last_seen, status };
}
