/** The first tables: conversations and messages, sessions and their frames, peers, dead letters. */
import { type CreateTableBuilder, type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { StoreDialect } from "../dialect.ts";
import { ON_THE_WAY } from "../sql/schema.ts";

export function first(dialect: StoreDialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createConversations(db, dialect);
      await createMessages(db, dialect);
      await createSessions(db, dialect);
      await createFrames(db, dialect);
      await createPeers(db, dialect);
      await createDeadLetters(db, dialect);
    },
  };
}

async function createConversations(db: Kysely<unknown>, { types }: StoreDialect): Promise<void> {
  await tenantTable(db, "conversations", types.id)
    .addColumn("conversation_id", types.id, required)
    .addColumn("owner_id", types.id)
    .addColumn("title", types.text, required)
    .addColumn("title_search", types.text, required)
    .addColumn("created_at", types.id, required)
    .addColumn("updated_at", types.id, required)
    .addColumn("message_count", types.number, required)
    .addColumn("last_position", types.number, required)
    .addColumn("highest_seq", types.number, required)
    .addColumn("last_agent_id", types.id)
    .addPrimaryKeyConstraint("conversations_key", ["tenant_id", "conversation_id"])
    .execute();
  await index(db, "conversations", ["tenant_id", "last_position"]);
  await index(db, "conversations", ["tenant_id", "owner_id", "last_position"]);
}

async function createMessages(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  const { types } = dialect;
  await risingTable(db, "messages", dialect)
    .addColumn("message_id", types.id, required)
    .addColumn("conversation_id", types.id, required)
    .addColumn("principal_id", types.id, required)
    .addColumn("sender_id", types.id)
    .addColumn("receiver_id", types.id)
    .addColumn("message_type", types.id, required)
    .addColumn("state", types.id, required)
    .addColumn("seq", types.number, required)
    .addColumn("accepted_at", types.id, required)
    .addColumn("text_search", types.text, required)
    .addColumn("body", types.text, required)
    .addColumn("routing_status", types.id)
    .addColumn("code", types.id)
    .addColumn("error_details", types.text)
    .addUniqueConstraint("messages_id", ["tenant_id", "message_id"])
    .execute();
  // One index lists a conversation and answers who takes part in it: an index for each would cost every message more.
  await index(db, "messages", ["tenant_id", "conversation_id", "position", "sender_id", "receiver_id"]);
  // Only what is on its way is ever looked for by its state; everything else would make this index large for nothing.
  await sql`create index messages_on_the_way on messages (tenant_id, state, position, receiver_id, accepted_at)
    where ${sql.raw(ON_THE_WAY)}`.execute(db);
}

async function createSessions(db: Kysely<unknown>, { types }: StoreDialect): Promise<void> {
  await tenantTable(db, "sessions", types.id)
    .addColumn("frontend_id", types.id, required)
    .addColumn("principal_id", types.id, required)
    .addColumn("frontend_name", types.text, required)
    .addColumn("token_hash", types.id, (column) => column.notNull().unique())
    .addColumn("created_at", types.id, required)
    .addColumn("last_seen", types.id, required)
    .addColumn("reserved_seq", types.number, required)
    .addPrimaryKeyConstraint("sessions_key", ["tenant_id", "frontend_id"])
    .execute();
}

async function createFrames(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  const { types } = dialect;
  await risingTable(db, "frames", dialect)
    .addColumn("frontend_id", types.id, required)
    .addColumn("principal_id", types.id, required)
    .addColumn("seq", types.number, required)
    .addColumn("at", types.id, required)
    .addColumn("body", types.text, required)
    .addUniqueConstraint("frames_seq", ["tenant_id", "frontend_id", "seq"])
    .execute();
  await index(db, "frames", ["tenant_id", "at"]);
}

async function createPeers(db: Kysely<unknown>, { types }: StoreDialect): Promise<void> {
  await tenantTable(db, "peers", types.id)
    .addColumn("id", types.id, required)
    .addColumn("principal_id", types.id, required)
    .addColumn("last_seen", types.id, required)
    .addColumn("status", types.id, required)
    .addColumn("body", types.text, required)
    .addPrimaryKeyConstraint("peers_key", ["tenant_id", "id"])
    .execute();
}

async function createDeadLetters(db: Kysely<unknown>, dialect: StoreDialect): Promise<void> {
  const { types } = dialect;
  await risingTable(db, "dead_letters", dialect)
    .addColumn("id", types.id, required)
    .addColumn("principal_id", types.id, required)
    .addColumn("queue", types.text, required)
    .addColumn("code", types.text, required)
    .addColumn("reason", types.text, required)
    .addColumn("at", types.id, required)
    .addColumn("body", types.text, required)
    .addUniqueConstraint("dead_letters_id", ["tenant_id", "id"])
    .execute();
  await index(db, "dead_letters", ["tenant_id", "position"]);
}

type Column = Parameters<CreateTableBuilder<string>["addColumn"]>[2];
type ColumnType = StoreDialect["types"]["id"];

const required: NonNullable<Column> = (column) => column.notNull();

function tenantTable(db: Kysely<unknown>, name: string, id: ColumnType) {
  return db.schema.createTable(name).addColumn("tenant_id", id, required);
}

/** Makes a table whose rows are in order of their arrival. */
function risingTable(db: Kysely<unknown>, name: string, { types, rising }: StoreDialect) {
  return db.schema.createTable(name).addColumn("position", types.number, rising)
    .addColumn("tenant_id", types.id, required);
}

async function index(db: Kysely<unknown>, table: string, columns: string[]): Promise<void> {
  await db.schema.createIndex(`${table}_by_${columns.slice(1).join("_")}`).on(table).columns(columns)
    .execute();
}
