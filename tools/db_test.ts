/** What whoever looks after the database is told, as processes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { server, text } from "../shared/store/conformance/fixtures.ts";
import { openStore } from "../shared/store/open.ts";
import { missingPostgres, openTestDatabase } from "../shared/store/testing/postgres.ts";

const missing = await missingPostgres();
const ROOT = new URL("..", import.meta.url).pathname;

/** Runs `tools/db.ts` with `DATABASE_URL`, away from any `.env` file. */
async function db(args: string[], url: string, cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--config", join(ROOT, "deno.json"), join(ROOT, "tools/db.ts"), ...args],
    cwd,
    env: { DATABASE_URL: url },
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: decode(stdout), error: decode(stderr) };
}

async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("db:status ends with 3 while migrations are missing, and db:migrate brings an SQLite file up to date", () =>
  inDirectory(async (directory) => {
    const url = `sqlite:${directory}/parley.db`;
    const before = await db(["status"], url, directory);
    assert.deepEqual([before.code, before.error], [3, ""]);
    assert.match(before.out, /missing {2}0001_first/);
    const migrated = await db(["migrate"], url, directory);
    assert.deepEqual([migrated.code, migrated.error], [0, ""]);
    assert.match(migrated.out, /parley\.db' had 0001_first, /);
    assert.match((await db(["migrate"], url, directory)).out, /was up to date/);
    const after = await db(["status"], url, directory);
    assert.equal(after.code, 0);
    assert.doesNotMatch(after.out, /missing/);
  }));

const FAULTS: [string[], string, RegExp][] = [
  [["stauts"], "sqlite::memory:", /no command 'stauts'/],
  [["status", "now"], "sqlite::memory:", /no argument 'now'/],
  [["sql", "oracle"], "sqlite::memory:", /Name one of sqlite, postgres, mssql/],
  [["sql", "postgres", "--after"], "sqlite::memory:", /--after 0001_first/],
  [["sql", "postgres", "--after", "0000_none"], "sqlite::memory:", /no migration '0000_none'/],
  [["status"], "clay://ada:secret@tablet", /no store for 'clay:'/],
];

Deno.test("tools/db.ts ends with 2, says what is wrong, and shows no secret", () =>
  inDirectory(async (directory) => {
    for (const [args, url, sentence] of FAULTS) {
      const { code, error } = await db(args, url, directory);
      assert.equal(code, 2, `${args}: ${error}`);
      assert.match(error, sentence);
      assert.doesNotMatch(error, /secret|\n.*\n/);
    }
  }));

Deno.test("db:migrate ends with 1 when the database cannot be reached", () =>
  inDirectory(async (directory) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    listener.close();
    const url = `postgres://ada:secret@127.0.0.1:${listener.addr.port}/parley`;
    const { code, error } = await db(["migrate"], url, directory);
    assert.deepEqual([code, error], [1, "The database cannot be reached.\n"]);
  }));

Deno.test("tools/db.ts --help says what there is", () =>
  inDirectory(async (directory) => {
    const { code, out } = await db(["--help"], "sqlite::memory:", directory);
    assert.equal(code, 0);
    assert.match(out, /db:migrate.*db:status.*db:sql/s);
  }));

Deno.test({
  name: `db:sql prints what makes a PostgreSQL database that a server opens without another right${
    missing ? ` (${missing})` : ""
  }`,
  ignore: missing !== undefined,
  fn: () =>
    inDirectory(async (directory) => {
      await using database = await openTestDatabase();
      const url = database.url();
      const { out, error } = await db(["sql"], url, directory);
      assert.equal(error, "");
      await database.run(out);
      const status = await db(["status"], url, directory);
      assert.equal(status.code, 0, status.out);
      await using store = await openStore(url);
      assert.equal(await store.conversations.add(server, text(), "accepted"), true);
    }),
});

Deno.test("db:sql prints a script for SQL Server as its tools take it", () =>
  inDirectory(async (directory) => {
    const url = "Server=tcp:localhost,1433;Database=parley;Uid=ada;Pwd=secret";
    const { code, out, error } = await db(["sql"], url, directory);
    assert.deepEqual([code, error], [0, ""]);
    assert.match(
      out,
      /^set quoted_identifier on;\nset xact_abort on;\ngo\nbegin transaction;.*commit;\ngo\n$/s,
    );
    assert.match(out, /"conversation_id" nvarchar\(200\)/);
    assert.doesNotMatch(out, /secret/);
  }));

Deno.test("db:sql --after prints only what follows a migration", () =>
  inDirectory(async (directory) => {
    const { out } = await db(["sql", "sqlite", "--after", "0001_first"], "sqlite::memory:", directory);
    assert.doesNotMatch(out, /create table "conversations"|create table "parley_migrations"/);
    assert.match(out, /-- 0002_frames_together\nupdate .*-- 0003_presence_and_commands\ncreate table/s);
  }));
