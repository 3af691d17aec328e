/** The store on PostgreSQL: what it says and does when the database fails, and what rights it needs. */
import assert from "node:assert/strict";
import { rejects, server, session, text } from "./conformance/fixtures.ts";
import { openStore } from "./open.ts";
import { openPostgres } from "./postgres.ts";
import { openSqlStore } from "./sql.ts";
import type { Store } from "./store.ts";
import { asAdmin, missingPostgres, openTestDatabase, type TestDatabase } from "./testing/postgres.ts";
import { openStallingProxy } from "./testing/stalling_proxy.ts";

const missing = await missingPostgres();

/** Registers a test with a database of its own. */
function live(name: string, run: (database: TestDatabase) => Promise<void>): void {
  Deno.test({
    name: `${name}${missing ? ` (${missing})` : ""}`,
    ignore: missing !== undefined,
    fn: async () => {
      await using database = await openTestDatabase();
      await run(database);
    },
  });
}

const says = (message: RegExp) => ({ name: "ParleyError", code: "unavailable", message });

Deno.test("openStore() is unavailable when nothing listens on PostgreSQL's port", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  const url = `postgres://ada:secret@127.0.0.1:${listener.addr.port}/parley`;
  await assert.rejects(openStore(url), says(/^The database cannot be reached\.$/));
});

Deno.test("openStore() is unavailable when PostgreSQL's port does not answer, or hangs up", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const limits = { connectMs: 50 };
  const url = `postgres://ada:secret@127.0.0.1:${listener.addr.port}/parley`;
  await assert.rejects(openSqlStore(openPostgres(url, limits)), says(/too slow|cannot be reached/));
  const hangingUp = (async () => {
    for await (const connection of listener) connection.close();
  })();
  const patient = openPostgres(url, { connectMs: 60_000 });
  await assert.rejects(openSqlStore(patient), says(/connection to the database was lost/));
  listener.close();
  await hangingUp;
});

live("openStore() says that a login or a database is refused, and shows no secret", async (database) => {
  const unknown = new URL(database.url());
  unknown.pathname += "_unknown";
  await assert.rejects(openStore(unknown.href), says(/^The database refuses the login: DATABASE_URL names/));
  const nobody = database.url({ user: "parley_nobody" });
  await assert.rejects(openStore(nobody), says(/^The database refuses the login: DATABASE_URL names/));
});

live(
  "a store goes on when its idle connections are cut, and when they are cut as it writes",
  async (database) => {
    await using store = await openStore(database.url());
    const cut = () =>
      asAdmin(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = '${new URL(database.url()).pathname.slice(1)}'`);
    await Promise.all([1, 2, 3].map(() => store.ping()));
    await cut();
    await store.ping();
    const messages = Array.from({ length: 300 }, () => text());
    const written = Promise.allSettled(messages.map((m) => store.conversations.add(server, m, "accepted")));
    await cut();
    await cut();
    const results = await written;
    for (const [index, result] of results.entries()) {
      const kept = await store.conversations.get(server, messages[index]!.message_id);
      if (result.status === "fulfilled") assert.ok(kept && result.value, "what was accepted is kept");
      else assert.equal(result.reason.code, "unavailable");
    }
    assert.equal(await store.conversations.add(server, text(), "accepted"), true);
  },
);

live(
  "a database that hangs is unavailable in time for everything that was asked for",
  async (database) => {
    const { hostname, port } = new URL(database.url());
    await using proxy = openStallingProxy({ hostname, port: Number(port) || 5432 });
    await migrated(database);
    // Only who hangs takes so long: opening and the first answer have to keep to these, too.
    const limits = { connectMs: 1_500, statementMs: 1_500, answerMs: 1_500 };
    await using store = await openSqlStore(openPostgres(database.url({ port: proxy.port }), limits));
    await store.ping();
    proxy.stall();
    const asked = Array.from({ length: 500 }, () => store.conversations.add(server, text(), "accepted"));
    const results = await Promise.allSettled([...asked, store.ping()]);
    assert.deepEqual(
      [...new Set(results.map((result) => result.status === "rejected" && result.reason.code))],
      ["unavailable"],
    );
    await rejects(store.conversations.add(server, text(), "accepted"), "unavailable");
  },
);

live(
  "a statement that others hold up is unavailable in time, and does not take its connection with it",
  async (database) => {
    await migrated(database);
    await using store = await openSqlStore(openPostgres(database.url(), { statementMs: 1_500 }));
    await using other = await holding(database, "lock table sessions in access exclusive mode");
    await assert.rejects(store.sessions.create(server, session()), says(/too slow/));
    await other.release();
    await store.sessions.create(server, session());
  },
);

/** Makes the tables, which takes as long as the disk does, so that a limit of the test governs no more than its case. */
async function migrated(database: TestDatabase): Promise<void> {
  await (await openStore(database.url()))[Symbol.asyncDispose]();
}

/** Holds what `statement` takes in a transaction of another connection. */
async function holding(database: TestDatabase, statement: string) {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: database.url() });
  await client.connect();
  await client.query(`begin; ${statement}`);
  let isHeld = true;
  const release = async () => {
    if (isHeld) await client.end();
    isHeld = false;
  };
  return { release, [Symbol.asyncDispose]: release };
}

live(
  "a database that can only be read is unavailable to writes, read all the same, and comes back",
  async (database) => {
    await using store = await openStore(database.url());
    const message = text();
    await store.conversations.add(server, message, "accepted");
    await setForAll(database, "default_transaction_read_only = on");
    await assert.rejects(store.conversations.add(server, text(), "accepted"), says(/can only be read now/));
    assert.ok(await store.conversations.get(server, message.message_id));
    await setForAll(database, "default_transaction_read_only = off");
    assert.equal(await store.conversations.add(server, text(), "accepted"), true);
  },
);

/** Changes a setting of the database, and has every connection made anew so that it counts. */
async function setForAll(database: TestDatabase, setting: string): Promise<void> {
  const name = new URL(database.url()).pathname.slice(1);
  await asAdmin(`alter database ${name} set ${setting}`);
  await asAdmin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
}

live("openStore() says that the database takes no more connections", async (database) => {
  await using role = await openRole(database, "connection limit 0");
  await database.run(`grant all on schema public to ${role.name}`);
  await assert.rejects(openStore(database.url({ user: role.name })), says(/takes no more connections/));
});

live(
  "writes last through a loss of power where the database has been told not to wait for its disk",
  async (database) => {
    await setForAll(database, "synchronous_commit = off");
    const dialect = openPostgres(database.url());
    const { Kysely, sql } = await import("kysely");
    const db = new Kysely({ dialect: dialect.kysely });
    const { rows } = await sql`show synchronous_commit`.execute(db);
    assert.deepEqual(rows, [{ synchronous_commit: "on" }]);
    await db.destroy();
  },
);

/** Makes a role that may log in, until it is disposed of. */
async function openRole(database: TestDatabase, options = "") {
  const name = `parley_role_${crypto.randomUUID().slice(0, 8)}`;
  // Its password is the one that the database's URL has, where there is one.
  const { password } = new URL(database.url());
  await asAdmin(
    `create role ${name} login ${password && `password '${decodeURIComponent(password)}'`} ${options}`,
  );
  return {
    name,
    async [Symbol.asyncDispose]() {
      await database.run(`drop owned by ${name}`);
      await asAdmin(`drop role ${name}`);
    },
  };
}

live(
  "a role that may not change tables opens a migrated store, and is told to migrate another",
  async (database) => {
    await using role = await openRole(database);
    const url = database.url({ user: role.name });
    await assert.rejects(openStore(url), says(/Grant it what DEPLOYMENT\.md lists, or migrate as its owner/));
    await (await openStore(database.url()))[Symbol.asyncDispose]();
    await database.run(`grant select, insert, update, delete on all tables in schema public to ${role.name};
    revoke insert, update, delete on parley_migrations, parley_migrations_lock from ${role.name}`);
    await using store = await openStore(url);
    const message = text();
    await store.conversations.add(server, message, "accepted");
    assert.equal(await store.conversations.remove(server, message.conversation_id), true);
  },
);

live("several servers that open an empty database at once migrate it once", async (database) => {
  const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(database.url())));
  const { rows } = await database.run("select name from parley_migrations order by name");
  assert.deepEqual(new Set(rows.map(({ name }) => name)).size, rows.length);
  await Promise.all(stores.map((store) => store.ping()));
  await Promise.all(stores.map((store: Store) => store[Symbol.asyncDispose]()));
});

live("two schemas of one database are two stores", async (database) => {
  await database.run("create schema one; create schema two");
  const [urlOne, urlTwo] = ["one", "two"].map((name) => `${database.url()}?options=-csearch_path%3D${name}`);
  await using one = await openStore(urlOne!);
  await using two = await openStore(urlTwo!);
  const message = text();
  assert.equal(await one.conversations.add(server, message, "accepted"), true);
  assert.equal(await two.conversations.get(server, message.message_id), undefined);
});

live(
  "openStore() says that a schema is missing, also where another has tables of the same names",
  async (database) => {
    await (await openStore(database.url()))[Symbol.asyncDispose]();
    const url = `${database.url()}?options=-csearch_path%3Dnowhere`;
    await assert.rejects(openStore(url), {
      code: "unavailable",
      message: /has no schema of the name.*DATABASE_URL/,
    });
  },
);

live("openStore() refuses a database that a newer version has changed", async (database) => {
  await (await openStore(database.url()))[Symbol.asyncDispose]();
  await database.run(
    "insert into parley_migrations values ('9999_from_the_future', '2999-01-01T00:00:00.000Z')",
  );
  await assert.rejects(openStore(database.url()), { code: "conflict", message: /newer version.*'9999_from/ });
});

live("openStore() refuses a database whose encoding cannot hold every text", async (database) => {
  const name = `${new URL(database.url()).pathname.slice(1)}_latin`;
  await asAdmin(`create database ${name} template template0 encoding 'LATIN1' locale 'C'`);
  try {
    const url = new URL(database.url());
    url.pathname = name;
    await assert.rejects(openStore(url.href), { code: "conflict", message: /encoding is LATIN1/ });
  } finally {
    await asAdmin(`drop database ${name} with (force)`);
  }
});

live(
  "NUL in what PostgreSQL keeps as text is shown where it was, and finds nothing by an id",
  async (database) => {
    await using store = await openStore(database.url());
    const letter = { id: "msg_1", queue: "q", body: "a\0b", code: "internal", reason: "r\0", at: "2026" };
    await store.deadLetters.add(server, letter);
    const kept = await store.deadLetters.get(server, "msg_1");
    assert.deepEqual([kept?.body, kept?.reason], ["a\ufffdb", "r\ufffd"]);
    assert.equal(await store.conversations.get(server, "msg_\0"), undefined);
  },
);
