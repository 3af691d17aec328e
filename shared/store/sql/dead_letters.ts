/** Dead letters over SQL. */
import type { Kysely } from "kysely";
import type { Principal } from "../../model/principal.ts";
import type { DeadLetter } from "../../model/dead_letter.ts";
import type { DeadLetterStore, Page, PageOptions } from "../store.ts";
import type { Database } from "./database.ts";
import { limitOf, positionBelow, toPage } from "./paging.ts";
import type { Tables } from "./schema.ts";

const COLUMNS = ["id", "queue", "body", "code", "reason", "at"] as const;

/** Keeps dead letters in the tables of `0001_first`. */
export class SqlDeadLetters implements DeadLetterStore {
  constructor(private readonly database: Database) {}

  /** A letter with a known id goes, and the new one comes to the head of the list. */
  async add(principal: Principal, { id, queue, body, code, reason, at }: DeadLetter): Promise<void> {
    const row = {
      tenant_id: principal.tenantId,
      principal_id: principal.id,
      id,
      queue,
      body,
      code,
      reason,
      at,
    };
    await this.database.write(async (tx) => {
      await deleteOne(tx, principal, id);
      await tx.insertInto("dead_letters").values(row).execute();
    });
  }

  async list(principal: Principal, page: PageOptions): Promise<Page<DeadLetter>> {
    const limit = limitOf(page, 500);
    const below = positionBelow("dead_letters", page.cursor);
    const rows = await this.database.read((db) => {
      const query = db.selectFrom("dead_letters").select([...COLUMNS, "position"])
        .where("tenant_id", "=", principal.tenantId).where("position", "<", below).orderBy(
          "position",
          "desc",
        );
      return this.database.dialect.limit(query, limit + 1).execute();
    });
    const item = ({ position: _, ...letter }: typeof rows[number]): DeadLetter => letter;
    return toPage(rows, limit, { kind: "dead_letters", item, position: (row) => row.position });
  }

  get(principal: Principal, id: string): Promise<DeadLetter | undefined> {
    return this.database.read((db) =>
      db.selectFrom("dead_letters").select(COLUMNS).where("tenant_id", "=", principal.tenantId)
        .where("id", "=", id).executeTakeFirst()
    );
  }

  async remove(principal: Principal, id: string): Promise<boolean> {
    return await this.database.write((tx) => deleteOne(tx, principal, id));
  }
}

async function deleteOne(db: Kysely<Tables>, principal: Principal, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("dead_letters").where("tenant_id", "=", principal.tenantId)
    .where("id", "=", id).executeTakeFirst();
  return numDeletedRows > 0n;
}
