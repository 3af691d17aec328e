import assert from "node:assert/strict";
import { Connection } from "tedious";
import { ConfigError } from "../config.ts";
import { tediousConfigOf } from "./connection.ts";

const OPTIONS = {
  port: 1433,
  database: "d",
  encrypt: true,
  trustServerCertificate: false,
  multiSubnetFailover: false,
  connectTimeout: 15_000,
  requestTimeout: 30_000,
  appName: "Parley",
};

Deno.test("tediousConfigOf() encrypts, checks the certificate and ends in time where nothing else is said", () => {
  assert.deepEqual(tediousConfigOf("mssql://u:p@h/d"), {
    server: "h",
    authentication: { type: "default", options: { userName: "u", password: "p" } },
    options: OPTIONS,
  });
});

const OPTION_CASES: [text: string, options: Record<string, unknown>][] = [
  ["Encrypt=no", { encrypt: false }],
  ["Encrypt=Optional", { encrypt: false }],
  ["Encrypt=TRUE", { encrypt: true }],
  ["Encrypt=Mandatory", { encrypt: true }],
  ["Encrypt=strict", { encrypt: "strict" }],
  ["TrustServerCertificate=yes", { trustServerCertificate: true }],
  ["Trust Server Certificate=0", { trustServerCertificate: false }],
  ["Connection Timeout=30", { connectTimeout: 30_000 }],
  ["LoginTimeout=1", { connectTimeout: 1_000 }],
  ["Command Timeout=600", { requestTimeout: 600_000 }],
  ["HostNameInCertificate=sql.example", { serverName: "sql.example" }],
  ["MultiSubnetFailover=True", { multiSubnetFailover: true }],
  ["Application Name={Parley; 2}", { appName: "Parley; 2" }],
  ["Port=1444", { port: 1444 }],
];

for (const [text, options] of OPTION_CASES) {
  Deno.test(`tediousConfigOf() takes ${text} at its word`, () => {
    const config = tediousConfigOf(`Server=h;Database=d;${text}`);
    assert.deepEqual(config.options, { ...OPTIONS, ...options });
    assert.doesNotThrow(() => new Connection(config));
  });
}

Deno.test("tediousConfigOf() leaves the port to an instance", () => {
  const { port: _port, ...others } = OPTIONS;
  const config = tediousConfigOf("Server=h\\X;Database=d");
  assert.deepEqual(config.options, { ...others, instanceName: "X" });
  assert.doesNotThrow(() => new Connection(config));
});

const DEFAULT = "azure-active-directory-default";
const PRINCIPAL = "azure-active-directory-service-principal-secret";
const IDENTITY = "azure-active-directory-msi-vm";

const SIGN_INS: [text: string, type: string, options: Record<string, string>][] = [
  ["Uid=u;Pwd=p", "default", { userName: "u", password: "p" }],
  ["Uid=u;Pwd=p;Authentication=SqlPassword", "default", { userName: "u", password: "p" }],
  ["Uid=u;Pwd=p;Authentication={Sql Password}", "default", { userName: "u", password: "p" }],
  ["", DEFAULT, {}],
  ["ClientId=c", DEFAULT, { clientId: "c" }],
  ["Authentication=ActiveDirectoryIntegrated", DEFAULT, {}],
  ["Authentication=activedirectoryintegrated", DEFAULT, {}],
  ["Authentication=Active Directory Default", DEFAULT, {}],
  ["Authentication=ActiveDirectoryDefault;Uid=c", DEFAULT, { clientId: "c" }],
  [`Authentication=${DEFAULT}`, DEFAULT, {}],
  [
    "Authentication=ActiveDirectoryPassword;Uid=u@x.example;Pwd=p;ClientId=c;TenantId=t",
    "azure-active-directory-password",
    { userName: "u@x.example", password: "p", clientId: "c", tenantId: "t" },
  ],
  ["Authentication=ActiveDirectoryServicePrincipal;Uid=c;Pwd=s;TenantId=t", PRINCIPAL, {
    clientId: "c",
    clientSecret: "s",
    tenantId: "t",
  }],
  ["Authentication=ActiveDirectoryMsi", IDENTITY, {}],
  ["Authentication=ActiveDirectoryMSI;Uid=c", IDENTITY, { clientId: "c" }],
  ["Authentication=Active Directory Managed Identity;ClientId=c", IDENTITY, { clientId: "c" }],
  ["Authentication=ManagedIdentity", IDENTITY, {}],
  ["AccessToken=t", "azure-active-directory-access-token", { token: "t" }],
  ["Authentication=AccessToken;AccessToken=t", "azure-active-directory-access-token", { token: "t" }],
];

for (const [text, type, options] of SIGN_INS) {
  Deno.test(`tediousConfigOf() signs in by ${type} when '${text}' is said`, () => {
    const config = tediousConfigOf(`Server=h;Database=d;${text}`);
    assert.deepEqual(config.authentication, { type, options });
    assert.doesNotThrow(() => new Connection(config));
  });
}

const REFUSED: [text: string, says: RegExp][] = [
  ["Uid=u", /also needs a password \(Pwd, AZURE_SQL_PASSWORD/],
  ["Pwd=s3cret", /also needs a user \(Uid, AZURE_SQL_USERNAME\)/],
  ["Authentication=SqlPassword", /needs a user .* and a password/],
  ["Authentication=ActiveDirectoryPassword;Uid=u;Pwd=s3cret", /a client's id .* and a tenant's id/],
  ["Authentication=ActiveDirectoryServicePrincipal;Uid=c;Pwd=s3cret", /also needs a tenant's id/],
  ["Authentication=AccessToken", /also needs a token/],
  ["Authentication=ActiveDirectoryInteractive", /^Authentication: allowed is one of SqlPassword, /],
  ["Authentication=s3cret", /^Authentication: allowed is one of/],
  ["Encrypt=s3cret", /^Encrypt: allowed is one of yes, no, strict/],
  ["TrustServerCertificate=s3cret", /^trustServerCertificate: allowed is yes or no/],
  ["MultiSubnetFailover=s3cret", /^multiSubnetFailover: allowed is yes or no/],
  ["Connection Timeout=0", /^connectTimeout: allowed are 1 to 600 whole seconds/],
  ["Command Timeout=601", /^requestTimeout: allowed are 1 to 600 whole seconds/],
  ["Connection Timeout=s3cret", /^connectTimeout: /],
  ["Connection Timeout=1.5", /^connectTimeout: /],
  ["HostNameInCertificate=*.database.windows.net", /^HostNameInCertificate: /],
];

for (const [text, says] of REFUSED) {
  Deno.test(`tediousConfigOf() refuses '${text}', and shows no value`, () => {
    assert.throws(() => tediousConfigOf(`Server=h;Database=d;${text}`), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
}
