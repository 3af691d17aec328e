/** What somebody wants done, and what became of it. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { StoreDialect } from "../dialect.ts";
import { TASK_NOT_ENDED, TASK_NOT_WELL, TASK_TO_ANSWER } from "../sql/schema.ts";

export function tasks(dialect: StoreDialect): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createTable(db, dialect);
      await createIndexes(db);
    },
  };
}

async function createTable(db: Kysely<unknown>, { types, rising }: StoreDialect): Promise<void> {
  await db.schema.createTable("tasks").addColumn("position", types.number, rising)
    .addColumn("tenant_id", types.id, (column) => column.notNull())
    .addColumn("task_id", types.id, (column) => column.notNull())
    .addColumn("principal_id", types.id, (column) => column.notNull())
    .addColumn("requested_by", types.id, (column) => column.notNull())
    .addColumn("idempotency_key", types.id)
    .addColumn("parent_task_id", types.id)
    .addColumn("task_type", types.id, (column) => column.notNull())
    .addColumn("status", types.id, (column) => column.notNull())
    .addColumn("is_open", types.number, (column) => column.notNull())
    .addColumn("is_unwell", types.number, (column) => column.notNull())
    .addColumn("agent_id", types.id)
    .addColumn("server_id", types.id)
    .addColumn("answer_to", types.id)
    .addColumn("version", types.number, (column) => column.notNull())
    .addColumn("created_at", types.id, (column) => column.notNull())
    .addColumn("text_search", types.text, (column) => column.notNull())
    .addColumn("asked", types.text, (column) => column.notNull())
    .addColumn("state", types.text, (column) => column.notNull())
    .addUniqueConstraint("tasks_id", ["tenant_id", "task_id"])
    .execute();
}

/** Where only a few rows are looked for, the index has only those: every task pays for each index that it is in. */
async function createIndexes(db: Kysely<unknown>): Promise<void> {
  await sql`create index tasks_by_requested_by on tasks (tenant_id, requested_by, position)`.execute(db);
  await sql`create unique index tasks_key on tasks (tenant_id, requested_by, idempotency_key)
    where idempotency_key is not null`.execute(db);
  await sql`create index tasks_by_parent on tasks (tenant_id, parent_task_id, position)
    where parent_task_id is not null`.execute(db);
  await sql`create index tasks_by_agent on tasks (tenant_id, agent_id, position)
    where agent_id is not null`.execute(db);
  await sql`create index tasks_not_ended on tasks (tenant_id, position)
    where ${sql.raw(TASK_NOT_ENDED)}`.execute(db);
  await sql`create index tasks_to_answer on tasks (tenant_id, position)
    where ${sql.raw(TASK_TO_ANSWER)}`.execute(db);
  await sql`create index tasks_not_well on tasks (tenant_id, status, position)
    where ${sql.raw(TASK_NOT_WELL)}`.execute(db);
}
