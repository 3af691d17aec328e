/** The store over SQL: every query stands once, in `sql/`, and a dialect says how one database differs. */
import { Kysely, sql } from "kysely";
import type { StoreDialect } from "./dialect.ts";
import { migrate } from "./migrations/migrate.ts";
import { SqlCommands } from "./sql/commands.ts";
import { SqlConversations } from "./sql/conversations.ts";
import { Database } from "./sql/database.ts";
import { SqlDeadLetters } from "./sql/dead_letters.ts";
import { SqlErrands } from "./sql/errands.ts";
import { SqlHistory } from "./sql/history.ts";
import { SqlRoster } from "./sql/roster.ts";
import type { Tables } from "./sql/schema.ts";
import { SqlSessions } from "./sql/sessions.ts";
import { SqlTasks } from "./sql/tasks.ts";
import type { Store } from "./store.ts";

/**
 * Opens the store on `dialect`'s database, whose tables it brings up to date first. Disposing finishes the writes
 * that were asked for. Throws `conflict` when a newer version has changed the database.
 */
export async function openSqlStore(dialect: StoreDialect): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: dialect.kysely });
  try {
    await migrate(db, dialect);
  } catch (error) {
    await db.destroy();
    throw dialect.explain(error) ?? error;
  }
  return toStore(new Database(db, dialect));
}

function toStore(database: Database): Store {
  return {
    isShared: database.dialect.isShared,
    conversations: new SqlConversations(database),
    sessions: new SqlSessions(database),
    roster: new SqlRoster(database),
    deadLetters: new SqlDeadLetters(database),
    history: new SqlHistory(database),
    commands: new SqlCommands(database),
    tasks: new SqlTasks(database),
    errands: new SqlErrands(database),
    ping: async () => {
      await database.read((db) => sql`select 1`.execute(db));
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
