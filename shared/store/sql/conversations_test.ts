/** What the queries on messages read, so that a million of them are no slower than a few. */
import assert from "node:assert/strict";
import { type CompiledQuery, Kysely } from "kysely";
import { ada, server } from "../conformance/fixtures.ts";
import { migrate } from "../migrations/migrate.ts";
import { openSqlite } from "../sqlite.ts";
import { SqlConversations } from "./conversations.ts";
import { Database } from "./database.ts";
import type { Tables } from "./schema.ts";

/** Gives how SQLite goes about each query that `ask` makes. */
async function plansOf(ask: (conversations: SqlConversations) => Promise<unknown>): Promise<string[]> {
  const dialect = openSqlite(":memory:");
  const asked: CompiledQuery[] = [];
  const db = new Kysely<Tables>({ dialect: dialect.kysely, log: ({ query }) => void asked.push(query) });
  await migrate(db, dialect);
  await using database = new Database(db, dialect);
  asked.length = 0;
  await ask(new SqlConversations(database));
  return asked.map((query) =>
    dialect.run!<{ detail: string }>({ ...query, sql: `explain query plan ${query.sql}` })
      .rows.map(({ detail }) => detail).join("; ")
  );
}

Deno.test("what somebody sent or received is read from an index of its own, and nothing is scanned or sorted", async () => {
  const cursor = "messages_of:500000";
  const plans = await plansOf((conversations) =>
    conversations.messagesOf(server, "agent_1", { limit: 50, cursor })
  );
  assert.deepEqual(plans, [
    "SEARCH m USING INDEX messages_by_sender (tenant_id=? AND sender_id=? AND position<?)",
    "SEARCH m USING INDEX messages_by_receiver (tenant_id=? AND receiver_id=? AND position<?)",
  ]);
});

Deno.test("what a person sees of what somebody sent or received is read from the person's own conversations alone", async () => {
  const plans = await plansOf((conversations) => conversations.messagesOf(ada, "agent_1", { limit: 50 }));
  assert.equal(plans.length, 2);
  for (const plan of plans) {
    assert.match(
      plan,
      /^SEARCH m USING INDEX messages_by_conversation_id_\w+ \(tenant_id=\? AND conversation_id=\?/,
    );
    assert.match(
      plan,
      /SEARCH own USING INDEX conversations_by_owner_id_\w+ \(tenant_id=\? AND owner_id=\?\)/,
    );
    assert.doesNotMatch(plan, /SCAN/);
  }
});
