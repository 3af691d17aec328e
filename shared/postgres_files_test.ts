import { strict as assert } from "node:assert";
import { ConfigError } from "./config.ts";
import { openPostgresBus } from "./bus/sql_postgres.ts";
import { requirePostgresFiles } from "./postgres_files.ts";
import { openStore } from "./store/open.ts";

const HOST = "postgres://ada:secret@127.0.0.1:1/parley";
const here = new URL(".", import.meta.url).pathname;

for (const name of ["sslrootcert", "sslcert", "sslkey"]) {
  Deno.test(`requirePostgresFiles() names the file of ${name} when it is missing, and no password`, () => {
    assert.throws(() => requirePostgresFiles(`${HOST}?${name}=/no/such.pem`, "BUS_URL"), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, new RegExp(`^BUS_URL: the file of ${name}, '/no/such.pem', is missing`));
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });
}

Deno.test("requirePostgresFiles() refuses what can be found and not be read", () => {
  assert.throws(
    () => requirePostgresFiles(`${HOST}?sslrootcert=${here}`, "BUS_URL"),
    (error) => error instanceof ConfigError && /cannot be read/.test(error.message),
  );
});

Deno.test("requirePostgresFiles() takes files that can be read, and a URL that names none", () => {
  requirePostgresFiles(`${HOST}?sslrootcert=${import.meta.filename}&sslmode=verify-full`, "BUS_URL");
  requirePostgresFiles(`${HOST}?sslrootcert=`, "BUS_URL");
  requirePostgresFiles(HOST, "BUS_URL");
});

Deno.test("bus and store are refused at once when the file that their URL names is missing", async () => {
  const url = `${HOST}?sslmode=verify-full&sslrootcert=/no/such.pem`;
  const names = (variable: string) => (error: unknown) =>
    error instanceof ConfigError && error.message.startsWith(`${variable}: the file of sslrootcert`);
  await assert.rejects(async () => await openPostgresBus(url), names("BUS_URL"));
  await assert.rejects(openStore(url), names("DATABASE_URL"));
});
