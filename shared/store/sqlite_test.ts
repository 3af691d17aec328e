/** The store on SQLite: its file, its owner, and what it says when the disk fails. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Kysely, sql } from "kysely";
import { rejects, server, text } from "./conformance/fixtures.ts";
import { openStore } from "./open.ts";
import { openSqlStore } from "./sql.ts";
import { openSqlite } from "./sqlite.ts";
import type { Store } from "./store.ts";

/** Runs `use` with the path of a database file that does not exist yet. */
async function withFile(use: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await use(join(directory, "data", "parley.db"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("openStore() makes the directory and the file for their owner alone", () =>
  withFile(async (path) => {
    await using _store = await openStore(`sqlite:${path}`);
    const modes = [join(path, ".."), path].map((name) => (Deno.statSync(name).mode ?? 0) & 0o777);
    assert.deepEqual(modes, [0o700, 0o600]);
  }));

Deno.test("openStore() finds what was kept before", () =>
  withFile(async (path) => {
    const message = text({ text_payload: "Kept" });
    await keep(path, message);
    await using store = await openStore(`sqlite://${path}`);
    assert.deepEqual((await store.conversations.get(server, message.message_id))?.message, message);
  }));

async function keep(path: string, message: ReturnType<typeof text>): Promise<void> {
  await using store = await openStore(`sqlite:${path}`);
  await store.conversations.add(server, message, "accepted");
  await store.conversations.change(server, message.message_id, { state: "delivered" });
}

Deno.test("openStore() refuses a file that another store of this process owns, until that one is closed", () =>
  withFile(async (path) => {
    const owner = await openStore(`sqlite:${path}`);
    await rejects(openStore(`sqlite:${path}`), "conflict");
    assert.equal(await owner.conversations.add(server, text(), "accepted"), true);
    await owner[Symbol.asyncDispose]();
    await using _next = await openStore(`sqlite:${path}`);
  }));

const IN_USE =
  /is in use by another process. Stop that one first, or set DATA_DIR \(or DATABASE_URL, if that is set\)/;

Deno.test("openStore() refuses another process's file at once, and takes it over with every message after kill -9", () =>
  withFile(async (path) => {
    const owner = startOwner(path);
    const reader = owner.stdout.getReader();
    const begun = await readLines(reader, 200);
    await assert.rejects(openStore(`sqlite:${path}`), IN_USE);
    owner.kill("SIGKILL");
    const [said] = await Promise.all([readLines(reader, Infinity), owner.status]);
    await using store = await openStore(`sqlite:${path}`);
    const added = (begun + said).split("\n").slice(1, -1);
    assert.ok(added.length >= 199, begun);
    for (const id of added) assert.ok(await store.conversations.get(server, id), `${id} is lost`);
  }));

function startOwner(path: string): Deno.ChildProcess {
  const script = new URL("testdata/owner.ts", import.meta.url).pathname;
  const args = ["run", "--quiet", "-A", script, `sqlite:${path}`];
  return new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
}

/** Reads until there are `count` lines, or to the end. */
async function readLines(reader: ReadableStreamDefaultReader<Uint8Array>, count: number): Promise<string> {
  const decoder = new TextDecoder();
  let read = "";
  while (read.split("\n").length <= count) {
    const { value, done } = await reader.read();
    if (done) break;
    read += decoder.decode(value, { stream: true });
  }
  return read;
}

Deno.test("openStore() refuses a database that a newer version has changed, and leaves it as it was", () =>
  withFile(async (path) => {
    await keep(path, text());
    const insert = "insert into parley_migrations values ('9999_later', '2999-01-01T00:00:00.000Z')";
    change(path, insert);
    await assert.rejects(openStore(`sqlite:${path}`), {
      code: "conflict",
      message: /A newer version of Parley has changed the SQLite file .*'9999_later'.*DATABASE_URL/,
    });
    change(path, "delete from parley_migrations where name = '9999_later'");
    await using store = await openStore(`sqlite:${path}`);
    assert.equal((await store.conversations.list(server, { limit: 10 })).items.length, 1);
  }));

function change(path: string, statement: string): void {
  const database = new DatabaseSync(path);
  database.exec(statement);
  database.close();
}

Deno.test("openStore() brings frames that were kept one a row to many a row", () =>
  withFile(async (path) => {
    await keep(path, text());
    change(
      path,
      `insert into frames (tenant_id, frontend_id, principal_id, seq, at, body) values
        ('default', 'web_1', 'web_1', 1, '2026-01-01T00:00:00.000Z', '{"seq":1}'),
        ('default', 'web_1', 'web_1', 3, '2026-01-02T00:00:00.000Z', '{"seq":3}');
      drop table presence_changes;
      drop table commands;
      drop table tasks;
      drop table errands;
      alter table sessions drop column server_id;
      drop index messages_by_sender;
      drop index messages_by_receiver;
      alter table dead_letters drop column text_search;
      delete from parley_migrations where name >= '0002'`,
    );
    await using store = await openStore(`sqlite:${path}`);
    assert.deepEqual(await store.sessions.framesAfter(server, "web_1", 0, 10), [
      { seq: 1, at: "2026-01-01T00:00:00.000Z", body: '{"seq":1}' },
      { seq: 3, at: "2026-01-02T00:00:00.000Z", body: '{"seq":3}' },
    ]);
  }));

Deno.test("a search finds dead letters that were kept before there were searches", () =>
  withFile(async (path) => {
    await keep(path, text());
    change(
      path,
      `alter table dead_letters drop column text_search;
      insert into dead_letters (tenant_id, principal_id, id, queue, body, code, reason, at) values
        ('default', 'server_1', 'msg_1', 'q', '{"text_payload":"Needle"}', 'timeout', 'Nobody came.', '2026');
      delete from parley_migrations where name >= '0007'`,
    );
    await using store = await openStore(`sqlite:${path}`);
    const find = async (query: string) => (await store.deadLetters.list(server, { limit: 9, query })).items;
    for (const query of ["NEEDLE", "nobody", "msg_1", "timeout"]) {
      assert.deepEqual((await find(query)).map(({ id }) => id), ["msg_1"], query);
    }
    assert.deepEqual(await find("hay"), []);
  }));

Deno.test("openStore() says which file is no database", () =>
  withFile(async (path) => {
    await Deno.mkdir(join(path, ".."));
    await Deno.writeTextFile(path, "This is no database, but a text that is long enough. ".repeat(100));
    await assert.rejects(openStore(`sqlite:${path}`), {
      code: "unavailable",
      message: /parley\.db' cannot be opened: file is not a database\. Set DATA_DIR \(or DATABASE_URL/,
    });
  }));

Deno.test("openStore() says which file cannot be created, why, and which variables to change", () =>
  withFile(async (path) => {
    await Deno.writeTextFile(join(path, ".."), "");
    await assert.rejects(openStore(`sqlite:${path}`), {
      code: "unavailable",
      message: CANNOT_BE_CREATED,
    });
  }));

const CANNOT_BE_CREATED =
  /parley\.db' cannot be created: what should be its directory is a file\. Set DATA_DIR \(or DATABASE_URL/;

Deno.test("openStore() says of a place where no permission allows files that it is the system's", async () => {
  const script = new URL("testdata/owner.ts", import.meta.url).pathname;
  const permissions = ["--allow-read", "--allow-write", "--allow-env", "--allow-sys"];
  const args = ["run", "--quiet", ...permissions, script, "sqlite:/proc/nope/parley.db"];
  const { stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  const said = new TextDecoder().decode(stderr);
  assert.match(said, /cannot be created: that place belongs to the system\. Set DATA_DIR \(or DATABASE_URL/);
});

/** Opens a store whose file may be `pages` pages long, as if the disk ended there. */
async function openOnDisk(
  path: string,
  pages: number,
): Promise<{ store: Store; resize: (pages: number) => Promise<void> }> {
  await keep(path, text());
  const dialect = openSqlite(path);
  const store = await openSqlStore(dialect);
  const resize = async (limit: number) => {
    await sql.raw(`pragma max_page_count = ${limit}`).execute(new Kysely({ dialect: dialect.kysely }));
  };
  await resize(pages);
  return { store, resize };
}

Deno.test("add() on a full disk is unavailable, what was kept stays, and it goes on once there is room", () =>
  withFile(async (path) => {
    const { store, resize } = await openOnDisk(path, 60);
    await using _ = store;
    const messages = Array.from({ length: 100 }, () => text({ text_payload: "x".repeat(4_000) }));
    const results = await Promise.allSettled(
      messages.map((m) => store.conversations.add(server, m, "accepted")),
    );
    const kept = await Promise.all(messages.map((m) => store.conversations.get(server, m.message_id)));
    assert.deepEqual(results.map(({ status }) => status === "fulfilled"), kept.map(Boolean));
    const refused = results.filter((result) => result.status === "rejected");
    assert.ok(refused.length > 0 && refused.length < 100, `${refused.length} of 100 were refused`);
    assert.deepEqual([...new Set(refused.map(({ reason }) => reason.code))], ["unavailable"]);
    await resize(100_000);
    assert.equal(await store.conversations.add(server, messages.at(-1) ?? text(), "accepted"), true);
  }));
