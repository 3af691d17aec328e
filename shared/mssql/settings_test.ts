import assert from "node:assert/strict";
import fc from "../testing/property.ts";
import { ConfigError } from "../config.ts";
import { isMssql, type MssqlSettings, mssqlSettingsOf } from "./settings.ts";
import { urlOf } from "./url.ts";

const MEANT: [text: string, isMeant: boolean][] = [
  ["mssql://host/db", true],
  ["MSSQL://host/db", true],
  ["Driver={ODBC Driver 17 for SQL Server};Server=h", true],
  [" server = h;", true],
  ["Data Source=h;Initial Catalog=d", true],
  ["Addr=h", true],
  ["postgres://server=1/db", false],
  ["sqlite:Server=1", false],
  ["hub", false],
  ["Servername=h", false],
  ["", false],
];

for (const [text, isMeant] of MEANT) {
  Deno.test(`isMssql() says ${isMeant} of '${text}'`, () => assert.equal(isMssql(text), isMeant));
}

const BASE = { server: "h.example", database: "d" };

const READ: [what: string, text: string, settings: MssqlSettings][] = [
  [
    "the documents' ODBC form",
    "Driver={ODBC Driver 17 for SQL Server};Server=tcp:h.example,1433;Database=d;Uid=u;Pwd={a;b}}c};Encrypt=yes;" +
    "TrustServerCertificate=no;Connection Timeout=30;Authentication=ActiveDirectoryPassword",
    {
      ...BASE,
      port: "1433",
      user: "u",
      password: "a;b}c",
      encrypt: "yes",
      trustServerCertificate: "no",
      connectTimeout: "30",
      authentication: "ActiveDirectoryPassword",
    },
  ],
  [
    "ADO.NET's form as Azure's portal writes it",
    "Server=tcp:h.example,1433;Initial Catalog=d;Persist Security Info=False;User ID=u;Password=p;" +
    "MultipleActiveResultSets=False;Encrypt=True;TrustServerCertificate=False;Connection Timeout=30;",
    {
      ...BASE,
      port: "1433",
      user: "u",
      password: "p",
      encrypt: "True",
      trustServerCertificate: "False",
      connectTimeout: "30",
    },
  ],
  [
    "names whatever their case, spaces and underscores",
    'DATA SOURCE=h.example;initialcatalog=d;USERID=u;pWd=p;Authentication="Active Directory Default";App=x',
    { ...BASE, user: "u", password: "p", authentication: "Active Directory Default", applicationName: "x" },
  ],
  [
    "a URL with every part",
    "mssql://u:p%40%2F%3A@h.example:1444/d?encrypt=strict&trustServerCertificate=yes&Authentication=SqlPassword",
    {
      ...BASE,
      port: "1444",
      user: "u",
      password: "p@/:",
      encrypt: "strict",
      trustServerCertificate: "yes",
      authentication: "SqlPassword",
    },
  ],
  ["a plus sign in a URL as itself", "mssql://a+b:c+d@h.example/d?applicationName=e+f", {
    ...BASE,
    user: "a+b",
    password: "c+d",
    applicationName: "e+f",
  }],
  ["values that are empty as not given", "Server=h.example;Database=d;Uid=;Pwd=;Authentication={}", BASE],
  ["Trusted_Connection where it says no", "Server=h.example;Database=d;Trusted_Connection=no", BASE],
  ["a port beside the server", "Server=h.example;Port=1444;Database=d", { ...BASE, port: "1444" }],
  ["the same port twice", "Server=h.example,1444;Port=1444;Database=d", { ...BASE, port: "1444" }],
  ["an instance", "Server=h.example\\SQLEXPRESS;Database=d", { ...BASE, instance: "SQLEXPRESS" }],
  ["an instance in a URL", "mssql://h.example/d?instance=X", { ...BASE, instance: "X" }],
  ["a port rather than an instance", "Server=h.example\\X,1444;Database=d", { ...BASE, port: "1444" }],
  ["a port after a colon", "Server=h.example:1444;Database=d", { ...BASE, port: "1444" }],
  ["this machine's short names", "Server=(local);Database=d", { ...BASE, server: "localhost" }],
  ["an address of IPv6", "Server=tcp:::1,1444;Database=d", { ...BASE, server: "::1", port: "1444" }],
  ["an address of IPv6 in brackets", "Server=[::1]:1444;Database=d", {
    ...BASE,
    server: "::1",
    port: "1444",
  }],
  ["an address of IPv6 in a URL", "mssql://[::1]:1444/d", { ...BASE, server: "::1", port: "1444" }],
];

for (const [what, text, settings] of READ) {
  Deno.test(`mssqlSettingsOf() reads ${what}`, () => assert.deepEqual(mssqlSettingsOf(text), settings));
}

const REFUSED: [what: string, text: string, says: RegExp][] = [
  ["an unknown keyword", "Server=h;Database=d;Colour=red", /keyword that is not known here: Colour\./],
  ["several unknown keywords", "Server=h;Database=d;Colour=red;Size=1", /not known here: Colour, Size\./],
  ["thousands of unknown keywords", `Server=h;${"a=;b=;".repeat(5000)}`, /not known here: a, b\./],
  ["an unknown parameter", "mssql://h/d?colour=red", /not known here: colour\./],
  [
    "a keyword that only objects know",
    "Server=h;Database=d;constructor=1;__proto__=1",
    /constructor, __proto__\./,
  ],
  [
    "what a password with ; leaves over",
    "Server=h;Pwd=a;s3cret=b;Database=d",
    /follows its password is no keyword/,
  ],
  [
    "more of what such a password leaves over",
    "Server=h;Pwd=a;s=b;s3cret=c",
    /follows its password is no keyword/,
  ],
  [
    "a keyword said twice",
    "Server=h;Database=d;Uid=u;User ID=s3cret",
    /says user twice \(the second time as User ID\)/,
  ],
  ["a server said twice", "mssql://h/d?server=x", /says server twice/],
  ["no server", "Database=d", /names no server/],
  ["no server in a URL", "mssql:///d", /names no server/],
  ["no database", "Server=h;Uid=u;Pwd=s3cret", /names no database/],
  ["no database in a URL", "mssql://u:s3cret@h", /names no database/],
  [
    "a Windows user",
    "Server=h;Database=d;Trusted_Connection=yes",
    /^Trusted_Connection: .*Give a user and password/,
  ],
  [
    "a Windows user, as ADO.NET says",
    "Server=h;Database=d;Integrated Security=SSPI",
    /^Integrated Security: /,
  ],
  ["the portal's placeholder", "Server=h;Database=d;Uid=u;Pwd={your_password}", /still the portal's/],
  ["a pipe's name", "Server=np:\\\\.\\pipe\\sql;Database=d", /not one that can be reached/],
  ["a server's name with a slash", "Server=h/s3cret;Database=d", /not one that can be reached/],
  ["a local database", "Server=(localdb)\\MSSQLLocalDB;Database=d", /not one that can be reached/],
  [
    "a server's name that has no end",
    `Server=${" ,".repeat(9000)};Database=d`,
    /not one that can be reached/,
  ],
  ["port 0", "Server=h,0;Database=d", /port is not one of 1 to 65535/],
  ["a port too high", "Server=h,65536;Database=d", /port is not one of 1 to 65535/],
  ["a port that is no number", "Server=h;Port=s3cret;Database=d", /port is not one of 1 to 65535/],
  ["two ports", "Server=h,1;Port=2;Database=d", /two ports that differ/],
  ["a raw # in a URL's password", "mssql://u:12#s3cret@h/d", /special characters .* as %XX/],
  ["a raw / in a URL's password", "mssql://u:12/s3cret@h/d", /special characters .* as %XX/],
  ["a raw ? in a URL's password", "mssql://u:12?s3cret=1@h/d", /special characters .* as %XX/],
  ["a raw % in a URL's password", "mssql://u:s3cret%@h/d", /special characters .* as %XX/],
  ["what is no URL", "mssql://u:s3cret@h:port/d", /special characters .* as %XX/],
  ["a parameter without a value", "mssql://h/d?s3cret", /special characters .* as %XX/],
  [
    "a text without end",
    `Server=h;Database=d;Pwd={${"s3cret".repeat(10_000)}}`,
    /longer than 32768 characters/,
  ],
  ["a NUL", "Server=h;Database=d;Pwd=s3cret\0", /characters that are none/],
  ["half a character", "Server=h;Database=d;Pwd=s3cret\ud800", /characters that are none/],
];

for (const [what, text, says] of REFUSED) {
  Deno.test(`mssqlSettingsOf() refuses ${what}, and shows no value`, () => {
    assert.throws(() => mssqlSettingsOf(text), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
}

Deno.test("mssqlSettingsOf() makes an unknown keyword harmless before it names it", () => {
  const text = `Server=h;Database=d;\x1b[31m${"x".repeat(100)}=1`;
  assert.throws(() => mssqlSettingsOf(text), (error) => {
    assert.match((error as Error).message, /here: \?\[31mx{35}\. /);
    return true;
  });
});

const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => !value.includes("\0"));
const written = fc.record(
  {
    server: fc.constantFrom("h.example", "::1", "10.0.0.1"),
    database: text,
    port: fc.integer({ min: 1, max: 65535 }).map(String),
    user: text,
    password: text,
    accessToken: text,
    applicationName: text,
  },
  { requiredKeys: ["server", "database"] },
);

Deno.test("mssqlSettingsOf() reads everything back that urlOf() writes", () => {
  fc.assert(
    fc.property(written, (settings) => assert.deepEqual(mssqlSettingsOf(urlOf(settings)), { ...settings })),
  );
});
