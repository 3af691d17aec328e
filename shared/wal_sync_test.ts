import assert from "node:assert/strict";
import { join } from "node:path";
import { setImmediate } from "node:timers";
import { DatabaseSync } from "node:sqlite";
import { WalSync } from "./wal_sync.ts";

async function withDatabase(run: (database: DatabaseSync, wal: WalSync) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const path = join(directory, "test.db");
  const database = new DatabaseSync(path);
  const wal = new WalSync(path);
  try {
    database.exec("pragma journal_mode = wal; pragma synchronous = normal; create table t (n integer)");
    await run(database, wal);
  } finally {
    await wal.close();
    database.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("WalSync.sync() syncs what was committed, and shares the wait among those who ask meanwhile", () =>
  withDatabase(async (database, wal) => {
    const first = wal.sync();
    const second = wal.sync();
    assert.equal(first, second, "the sync has not begun");
    await first;
    database.exec("insert into t values (1)");
    const third = wal.sync();
    assert.notEqual(third, second);
    await third;
  }));

Deno.test("WalSync.sync() asked for while one runs is another, and ends after it", () =>
  withDatabase(async (_database, wal) => {
    const ended: string[] = [];
    const first = wal.sync();
    // One step after another of the first until it runs: then what is asked for is no longer shared.
    let later = wal.sync();
    while (later === first) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      later = wal.sync();
    }
    await Promise.all([first.then(() => ended.push("first")), later.then(() => ended.push("later"))]);
    assert.deepEqual(ended, ["first", "later"]);
  }));

Deno.test("WalSync.sync() of a database in memory has nothing to wait for, and closing twice does no harm", async () => {
  const wal = new WalSync(":memory:");
  await wal.sync();
  await wal.close();
  await wal.close();
});

Deno.test("WalSync.sync() rejects when there is no log", async () => {
  const wal = new WalSync("/nonexistent/test.db");
  await assert.rejects(wal.sync(), Deno.errors.NotFound);
  await assert.rejects(wal.sync(), Deno.errors.NotFound);
  await wal.close();
});
