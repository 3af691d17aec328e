/** What servers leave for each other, over SQL. */
import type { Principal } from "../../model/principal.ts";
import type { ErrandRow, ErrandStore } from "../store.ts";
import type { Database } from "./database.ts";
import { limitOf } from "./paging.ts";

/** Keeps errands in the table of `0005_several_servers`. */
export class SqlErrands implements ErrandStore {
  constructor(private readonly database: Database) {}

  async add(principal: Principal, serverId: string, body: string): Promise<void> {
    const row = { tenant_id: principal.tenantId, principal_id: principal.id, server_id: serverId, body };
    await this.database.write((tx) => tx.insertInto("errands").values(row).execute());
  }

  list(principal: Principal, serverId: string, limit: number): Promise<ErrandRow[]> {
    const most = limitOf({ limit }, 1_000);
    return this.database.read((db) => {
      const query = db.selectFrom("errands").select(["position", "body"])
        .where("tenant_id", "=", principal.tenantId).where("server_id", "=", serverId).orderBy("position");
      return this.database.dialect.limit(query, most).execute();
    });
  }

  async remove(principal: Principal, positions: readonly number[]): Promise<void> {
    if (positions.length === 0) return;
    await this.database.writeRelaxed((tx) =>
      tx.deleteFrom("errands").where("tenant_id", "=", principal.tenantId)
        .where("position", "in", positions).execute()
    );
  }

  async takeOver(principal: Principal, serverId: string, others: readonly string[]): Promise<void> {
    await this.database.write((tx) =>
      tx.updateTable("errands").set({ server_id: serverId }).where("tenant_id", "=", principal.tenantId)
        .where("server_id", "not in", [serverId, ...others]).execute()
    );
  }
}
