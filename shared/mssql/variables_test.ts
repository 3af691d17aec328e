import assert from "node:assert/strict";
import { ConfigError } from "../config.ts";
import { tediousConfigOf } from "./connection.ts";
import { azureSqlUrlOf, type AzureSqlVariables, type IdentityVariables, mssqlUrlOf } from "./variables.ts";

const CLIENT = { AZURE_CLIENT_ID: "c", AZURE_CLIENT_SECRET: "s/1", AZURE_TENANT_ID: "t" };
const PRINCIPAL = "authentication=ActiveDirectoryServicePrincipal";

const WRITTEN: [what: string, text: string, identity: IdentityVariables, url: string][] = [
  ["a URL as it is", "mssql://u:p@h:1444/d?encrypt=no", {}, "mssql://u:p@h:1444/d?encrypt=no"],
  ["a connection string", "Server=tcp:h,1433;Database=d;Uid=u;Pwd={a;}}}", {}, "mssql://u:a%3B%7D@h:1433/d"],
  ["a login, whoever one is at Entra ID", "mssql://u:p@h/d", CLIENT, "mssql://u:p@h/d"],
  ["a token, whoever one is at Entra ID", "mssql://h/d?accessToken=x", CLIENT, "mssql://h/d?accessToken=x"],
  ["Entra ID's default", "mssql://h/d", {}, "mssql://h/d"],
  [
    "Entra ID's default of a managed identity",
    "mssql://h/d",
    { AZURE_CLIENT_ID: "c" },
    "mssql://h/d?clientId=c",
  ],
  [
    "a client with a secret by default",
    "mssql://h/d",
    CLIENT,
    `mssql://c:s%2F1@h/d?${PRINCIPAL}&tenantId=t`,
  ],
  [
    "a client with a secret when the sign-in is integrated",
    "Server=h;Database=d;Authentication=ActiveDirectoryIntegrated",
    CLIENT,
    `mssql://c:s%2F1@h/d?${PRINCIPAL}&tenantId=t`,
  ],
  [
    "a managed identity that is named, whoever else one is",
    "mssql://h/d?authentication=ManagedIdentity&clientId=x",
    CLIENT,
    "mssql://h/d?authentication=ManagedIdentity&clientId=x",
  ],
  [
    "a managed identity by its variable",
    "mssql://h/d?authentication=ManagedIdentity",
    CLIENT,
    "mssql://h/d?authentication=ManagedIdentity&clientId=c",
  ],
  [
    "a service principal of the string's own, in the variables' tenant",
    "Server=h;Database=d;Authentication=ActiveDirectoryServicePrincipal;Uid=own;Pwd=p",
    CLIENT,
    `mssql://own:p@h/d?${PRINCIPAL}&tenantId=t`,
  ],
  [
    "a person's password with the client's id and tenant of the variables",
    "Server=h;Database=d;Authentication=ActiveDirectoryPassword;Uid=u;Pwd=p",
    CLIENT,
    "mssql://u:p@h/d?authentication=ActiveDirectoryPassword&clientId=c&tenantId=t",
  ],
];

for (const [what, text, identity, url] of WRITTEN) {
  Deno.test(`mssqlUrlOf() writes ${what}`, () => assert.equal(mssqlUrlOf("BUS_URL", text, identity), url));
}

const SQL = { AZURE_SQL_SERVER: "h.database.windows.net", AZURE_SQL_DATABASE: "d" };

const MEANT: [what: string, variables: AzureSqlVariables, url: string | undefined][] = [
  ["nothing without a server", { AZURE_SQL_DATABASE: "d", AZURE_SQL_USERNAME: "u" }, undefined],
  [
    "a login",
    { ...SQL, AZURE_SQL_USERNAME: "u", AZURE_SQL_PASSWORD: "p;@" },
    "mssql://u:p%3B%40@h.database.windows.net/d",
  ],
  ["Entra ID without user and password", SQL, "mssql://h.database.windows.net/d"],
  [
    "Entra ID where user and password are empty",
    { ...SQL, AZURE_SQL_USERNAME: "", AZURE_SQL_PASSWORD: "" },
    "mssql://h.database.windows.net/d",
  ],
  [
    "a client with a secret",
    { ...SQL, ...CLIENT },
    `mssql://c:s%2F1@h.database.windows.net/d?${PRINCIPAL}&tenantId=t`,
  ],
  ["a server with its port", { ...SQL, AZURE_SQL_SERVER: "tcp:h,1444" }, "mssql://h:1444/d"],
];

for (const [what, variables, url] of MEANT) {
  Deno.test(`azureSqlUrlOf() takes the variables for ${what}`, () =>
    assert.equal(azureSqlUrlOf(variables), url));
}

Deno.test("azureSqlUrlOf() gives what tedious signs in with by default at Azure", () => {
  const { server, authentication } = tediousConfigOf(azureSqlUrlOf(SQL)!);
  assert.equal(server, "h.database.windows.net");
  assert.deepEqual(authentication, { type: "azure-active-directory-default", options: {} });
});

const REFUSED: [what: string, read: () => unknown, says: RegExp][] = [
  [
    "a URL's fault",
    () => mssqlUrlOf("DATABASE_URL", "mssql://u:s3cret%@h/d", {}),
    /^DATABASE_URL: It is written as/,
  ],
  [
    "a missing secret",
    () => mssqlUrlOf("BUS_URL", "mssql://u@h/d", {}),
    /^BUS_URL: Signing in this way also needs/,
  ],
  [
    "a bad option",
    () => mssqlUrlOf("BUS_URL", "mssql://u:s3cret@h/d?encrypt=s3cret", {}),
    /^BUS_URL: Encrypt: /,
  ],
  ["no database", () => azureSqlUrlOf({ AZURE_SQL_SERVER: "h" }), /^AZURE_SQL_DATABASE: name the database/],
  [
    "a user without a password",
    () => azureSqlUrlOf({ ...SQL, AZURE_SQL_USERNAME: "u" }),
    /^AZURE_SQL_SERVER: .*AZURE_SQL_PASSWORD/,
  ],
  [
    "a password without a user",
    () => azureSqlUrlOf({ ...SQL, AZURE_SQL_PASSWORD: "s3cret" }),
    /^AZURE_SQL_SERVER: .*AZURE_SQL_USERNAME/,
  ],
  [
    "a server that is none",
    () => azureSqlUrlOf({ ...SQL, AZURE_SQL_SERVER: "https://s3cret" }),
    /^AZURE_SQL_SERVER: The server is not one/,
  ],
];

for (const [what, read, says] of REFUSED) {
  Deno.test(`the variable is named, and no secret, when there is ${what}`, () => {
    assert.throws(read, (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
}
