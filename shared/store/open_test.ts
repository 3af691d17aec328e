/** Which URLs open a store, and what is said of the others. */
import assert from "node:assert/strict";
import { ConfigError } from "../config.ts";
import { openStore } from "./open.ts";

const REFUSED: Record<string, RegExp> = {
  "postgres://ada:secret@localhost/parley":
    /no store for 'postgres:'. Available are sqlite:PATH and sqlite::memory:/,
  "mssql://localhost": /no store for 'mssql:'/,
  "data/parley.db": /write it as sqlite:PATH/,
  "": /write it as sqlite:PATH/,
  ":memory:": /write it as sqlite:PATH/,
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
