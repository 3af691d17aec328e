/** Dead letters over SQL. */
import { type ExpressionBuilder, type Kysely, sql } from "kysely";
import type { Principal } from "../../model/principal.ts";
import type { DeadLetter } from "../../model/dead_letter.ts";
import type { DeadLetterFilter, DeadLetterStore, Page, PageOptions } from "../store.ts";
import type { Database } from "./database.ts";
import { limitOf, positionBelow, toPage } from "./paging.ts";
import type { Tables } from "./schema.ts";
import { foldForSearch, searchPattern } from "./text.ts";

const COLUMNS = ["id", "queue", "body", "code", "reason", "at"] as const;

/** Keeps dead letters in the tables of `0001_first` and `0007_dead_letters_search`. */
export class SqlDeadLetters implements DeadLetterStore {
  constructor(private readonly database: Database) {}

  /** A letter with a known id goes, and the new one comes to the head of the list. */
  async add(principal: Principal, letter: DeadLetter): Promise<void> {
    await this.database.write((tx) => replaceLetter(tx, principal, letter.id, letter));
  }

  async list(principal: Principal, page: PageOptions & DeadLetterFilter): Promise<Page<DeadLetter>> {
    const limit = limitOf(page, 500);
    const below = positionBelow("dead_letters", page.cursor);
    const rows = await this.database.read((db) => {
      const query = db.selectFrom("dead_letters").select([...COLUMNS, "position"])
        .where("tenant_id", "=", principal.tenantId).where(matching(page)).where("position", "<", below)
        .orderBy("position", "desc");
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

function matching({ query, queue }: DeadLetterFilter) {
  return (eb: ExpressionBuilder<Tables, "dead_letters">) =>
    eb.and([
      ...(queue === undefined ? [] : [eb("queue", "=", queue)]),
      ...(query?.trim() ? [contains(searchPattern(query))] : []),
    ]);
}

function contains(pattern: string) {
  return sql<boolean>`coalesce(text_search, lower(concat(id, ' ', code, ' ', reason, ' ', body)))
    like ${pattern} escape '\\'`;
}

/** Puts `letter` in the place of the one with that id; null: there is none then. */
export async function replaceLetter(
  tx: Kysely<Tables>,
  principal: Principal,
  id: string,
  letter: DeadLetter | null,
): Promise<void> {
  await deleteOne(tx, principal, id);
  if (!letter) return;
  const { queue, body, code, reason, at } = letter;
  const row = {
    tenant_id: principal.tenantId,
    principal_id: principal.id,
    id,
    queue,
    body,
    code,
    reason,
    at,
    text_search: foldForSearch([letter.id, code, reason, body].join("\n")),
  };
  await tx.insertInto("dead_letters").values(row).execute();
}

async function deleteOne(db: Kysely<Tables>, principal: Principal, id: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom("dead_letters").where("tenant_id", "=", principal.tenantId)
    .where("id", "=", id).executeTakeFirst();
  return numDeletedRows > 0n;
}
