/** Which URLs open a store, and what is said of the others. */
import assert from "node:assert/strict";
import { ConfigError } from "../config.ts";
import { openStore } from "./open.ts";

const REFUSED: Record<string, RegExp> = {
  "clay://ada:secret@localhost/parley":
    /no store for 'clay:'. Available are sqlite:PATH, sqlite::memory:, postgres:/,
  "postgres://ada:secret@localhost": /name a database/,
  "postgresql://ada:secret@localhost:x/parley": /write it as postgres:/,
  "postgres://ada:secret@localhost/%zz": /write it as postgres:.*%XX/,
  "postgres://ada:100%secret@localhost/parley": /write it as postgres:.*%XX/,
  "mssql://ada:secret@localhost": /^DATABASE_URL: It names no database/,
  "Server=tcp:localhost;Uid=ada;Pwd=secret": /^DATABASE_URL: It names no database/,
  "data/parley.db": /write it as one of sqlite:PATH/,
  "": /write it as one of sqlite:PATH/,
  ":memory:": /write it as one of sqlite:PATH/,
  "sqlite:": /name a file/,
  "sqlite://": /name a file/,
};

for (const [url, sentence] of Object.entries(REFUSED)) {
  Deno.test(`openStore() refuses '${url}' with a sentence that helps and shows no secret`, async () => {
    await assert.rejects(openStore(url), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, sentence);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });
}

Deno.test("openStore() takes the scheme in any case", async () => {
  await using store = await openStore("SQLite::memory:");
  await store.ping();
});
