/** The store on SQL Server, as far as it goes without one: nothing there, nothing that answers, a refused login. */
import assert from "node:assert/strict";
import { startTdsPeer } from "../mssql/testing/tds_peer.ts";
import { openMssql } from "./mssql.ts";
import { NumberRequest } from "./mssql_connections.ts";
import { openStore } from "./open.ts";
import { openSqlStore } from "./sql.ts";

const SECRET = "hunter2";

/** Opens the store at a port of this machine. */
function openAt(port: number, connectTimeout = 5_000) {
  return openSqlStore(openMssql({
    server: "127.0.0.1",
    authentication: { type: "default", options: { userName: "ada", password: SECRET } },
    options: { port, database: "parley", encrypt: false, connectTimeout },
  }));
}

const says = (message: RegExp) => ({ name: "ParleyError", code: "unavailable", message });

/** Keeps what the driver's wrapper prints about a connection that failed out of the tests' output. */
async function quietly(run: () => Promise<void>): Promise<string> {
  const { error } = console;
  let printed = "";
  console.error = (...given) => printed += given.map(String).join(" ");
  try {
    await run();
  } finally {
    console.error = error;
  }
  return printed;
}

Deno.test("openSqlStore() is unavailable at once when nothing listens on SQL Server's port", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  await quietly(() => assert.rejects(openAt(listener.addr.port), says(/cannot be reached/)));
});

Deno.test("openSqlStore() is unavailable in time when SQL Server's port never answers", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await quietly(() =>
    assert.rejects(openAt(listener.addr.port, 100), says(/does not answer|cannot be reached/))
  );
});

Deno.test("openSqlStore() is unavailable when SQL Server's port hangs up, and shows no secret", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const hangingUp = (async () => {
    for await (const connection of listener) connection.close();
  })();
  const printed = await quietly(() =>
    assert.rejects(openAt(listener.addr.port), (error: Error) => {
      assert.doesNotMatch(`${error.message} ${Deno.inspect(error.cause)}`, new RegExp(SECRET));
      return says(/cannot be reached|was lost/).message.test(error.message);
    })
  );
  assert.doesNotMatch(printed, new RegExp(SECRET));
  listener.close();
  await hangingUp;
});

Deno.test("openStore() says that SQL Server refuses the login, and shows no secret", async () => {
  await using peer = startTdsPeer();
  const url = `mssql://ada:${SECRET}@127.0.0.1:${peer.port}/parley?encrypt=no`;
  const printed = await quietly(() => assert.rejects(openStore(url), says(/refuses the login/)));
  assert.deepEqual(peer.logins.map(({ user, database }) => [user, database]), [["ada", "parley"]]);
  assert.doesNotMatch(printed, new RegExp(SECRET));
});

Deno.test("openStore() says that SQL Server does not encrypt, where it is to", async () => {
  await using peer = startTdsPeer();
  const url = `mssql://ada:${SECRET}@127.0.0.1:${peer.port}/parley`;
  await quietly(() => assert.rejects(openStore(url), says(/does not encrypt/)));
  assert.deepEqual(peer.logins, []);
});

Deno.test("openMssql() names the database for people, without its password", async () => {
  const { name, kysely } = openMssql({ server: "sql.example", options: { database: "parley" } });
  assert.equal(name, "the SQL Server database 'parley' on sql.example");
  await kysely.createDriver().destroy();
});

Deno.test("NumberRequest gives whole numbers of 64 bits as numbers, and leaves everything else", () => {
  const column = (name: string, value: unknown) => ({ value, metadata: { colName: "x", type: { name } } });
  const columns = [
    column("BigInt", "9007199254740991"),
    column("IntN", "7"),
    column("IntN", null),
    column("NVarChar", "7"),
  ];
  const request = new NumberRequest("select 1", () => {});
  let seen: unknown[] = [];
  request.on("row", (row: typeof columns) => seen = row.map(({ value }) => value));
  request.emit("row", columns);
  assert.deepEqual(seen, [9007199254740991, 7, null, "7"]);
});
