/** What tedious does with what `tediousConfigOf()` gives it: whom it signs in, and how it ends when nobody is there. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { startFakeAzure, TENANT, TOKEN, whyNoFakeAzure } from "../secret/testing/azure.ts";
import { outcomeOf } from "../testing/task_process.ts";
import { connectOnce } from "./testing/connecting.ts";
import { startTdsPeer } from "./testing/tds_peer.ts";
import { azureSqlUrlOf, mssqlUrlOf } from "./variables.ts";

const PASSWORD = `p;a}b{c"d'e@f/g%h pässwörd🔑`;
const LOGIN = { user: "u@x", password: PASSWORD, database: "dä;b", application: "Parley" };

const FORMS: [what: string, text: (port: number) => string][] = [
  [
    "a URL",
    (port) => `mssql://u%40x:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/d%C3%A4%3Bb?encrypt=no`,
  ],
  [
    "ODBC's form",
    (port) =>
      `Driver={ODBC Driver 17 for SQL Server};Server=tcp:127.0.0.1,${port};Database={dä;b};Uid=u@x;` +
      `Pwd={${PASSWORD.replaceAll("}", "}}")}};Encrypt=no`,
  ],
  ["ADO.NET's form", (port) =>
    `Server=127.0.0.1,${port};Initial Catalog='dä;b';User ID=u@x;` +
    `Password="${PASSWORD.replaceAll('"', '""')}";Encrypt=False`],
];

for (const [what, text] of FORMS) {
  Deno.test(`the driver signs in with every character of the password when it is given by ${what}`, async () => {
    await using peer = startTdsPeer();
    assert.equal(await connectOnce(text(peer.port)), "ELOGIN");
    assert.equal(await connectOnce(mssqlUrlOf("BUS_URL", text(peer.port), {})), "ELOGIN");
    assert.deepEqual(peer.logins, [LOGIN, LOGIN]);
  });
}

Deno.test("the driver shows no password to a server that does not encrypt where nothing else is said", async () => {
  await using peer = startTdsPeer();
  const url = azureSqlUrlOf({
    AZURE_SQL_SERVER: `127.0.0.1,${peer.port}`,
    AZURE_SQL_DATABASE: "d",
    AZURE_SQL_USERNAME: "u",
    AZURE_SQL_PASSWORD: "p",
  })!;
  assert.equal(await connectOnce(url), "EENCRYPT");
  assert.deepEqual(peer.logins, []);
});

Deno.test("the driver fails at once when nothing listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  assert.equal(await connectOnce(`mssql://u:p@127.0.0.1:${port}/d`), "ESOCKET");
});

Deno.test("the driver fails in the time that was given when what listens never answers", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  assert.equal(
    await connectOnce(`mssql://u:p@127.0.0.1:${listener.addr.port}/d?connectTimeout=1`),
    "ETIMEOUT",
  );
  (await accepted).close();
});

const missing = whyNoFakeAzure();
const ignore = missing !== undefined && Deno.env.get("CI") !== "true";
const CLIENT = { AZURE_CLIENT_ID: crypto.randomUUID(), AZURE_CLIENT_SECRET: "s", AZURE_TENANT_ID: TENANT };
const CONNECT_ONCE = fileURLToPath(new URL("./testing/connect_once.ts", import.meta.url));

const SIGN_INS: [
  what: string,
  parameters: string,
  identity: Partial<typeof CLIENT>,
  asked: RegExp | undefined,
][] = [
  ["the machine's identity by default", "", {}, undefined],
  ["the machine's identity", "&authentication=ActiveDirectoryMsi", {}, undefined],
  ["the identity that Integrated finds", "&authentication=ActiveDirectoryIntegrated", {}, undefined],
  ["a client with its secret", "", CLIENT, /^POST login\.microsoftonline\.com\/.*\/token$/],
];

for (const [what, parameters, identity, asked] of SIGN_INS) {
  Deno.test({
    name: `the driver gets a token at Entra ID for ${what}${ignore ? ` (${missing})` : ""}`,
    ignore,
    async fn() {
      await using azure = await startFakeAzure({});
      await using peer = startTdsPeer({ entra: true });
      const url = mssqlUrlOf("BUS_URL", `mssql://127.0.0.1:${peer.port}/d?encrypt=no${parameters}`, identity);
      const command = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--no-prompt",
          "--allow-net",
          "--allow-env",
          "--allow-read",
          "--allow-sys",
          CONNECT_ONCE,
          url,
        ],
        env: azure.env,
        clearEnv: true,
        stdout: "piped",
        stderr: "piped",
      });
      const { out, err } = await outcomeOf(command.spawn());
      assert.equal(out.trim(), "ELOGIN", err);
      assert.deepEqual(peer.logins.map(({ token, database }) => [token, database]), [[TOKEN, "d"]]);
      assert.deepEqual(azure.requests.length, asked === undefined ? 0 : 1);
      if (asked) assert.match(azure.requests[0]!, asked);
    },
  });
}
