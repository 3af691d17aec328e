/** What a connection string may say, under all the names that ODBC and ADO.NET have for it. */

/** What is known about a connection, by the name it has in an `mssql:` URL. */
export const KEYWORDS = [
  "server",
  "port",
  "instance",
  "database",
  "user",
  "password",
  "authentication",
  "clientId",
  "tenantId",
  "accessToken",
  "encrypt",
  "trustServerCertificate",
  "hostNameInCertificate",
  "connectTimeout",
  "requestTimeout",
  "applicationName",
  "multiSubnetFailover",
] as const;

export type Keyword = typeof KEYWORDS[number];

/** Keywords whose value is never shown, nor what a missing quote may have cut off from it. */
export const SECRET_KEYWORDS: readonly Keyword[] = ["password", "accessToken"];

const SYNONYMS: Readonly<Record<string, Keyword>> = {
  addr: "server",
  address: "server",
  networkaddress: "server",
  datasource: "server",
  instancename: "instance",
  initialcatalog: "database",
  uid: "user",
  userid: "user",
  username: "user",
  pwd: "password",
  connectiontimeout: "connectTimeout",
  timeout: "connectTimeout",
  logintimeout: "connectTimeout",
  commandtimeout: "requestTimeout",
  querytimeout: "requestTimeout",
  app: "applicationName",
};

/** What says how a driver of another kind works, and changes nothing here. */
const WITHOUT_MEANING: ReadonlySet<string> = new Set([
  "driver",
  "persistsecurityinfo",
  "multipleactiveresultsets",
  "marsconnection",
  "pooling",
  "minpoolsize",
  "maxpoolsize",
  "connectretrycount",
  "connectretryinterval",
  "packetsize",
  "workstationid",
  "wsid",
  "description",
  "applicationintent",
]);

const WINDOWS_SIGN_IN: ReadonlySet<string> = new Set(["trustedconnection", "integratedsecurity"]);

/** Tells what a name means: a keyword, nothing here, a sign-in as a Windows user, or (undefined) that nobody knows it. */
export function meaningOf(name: string): Keyword | "nothing" | "windows" | undefined {
  const plain = plainOf(name);
  if (WITHOUT_MEANING.has(plain)) return "nothing";
  if (WINDOWS_SIGN_IN.has(plain)) return "windows";
  return KEYWORD_OF.get(plain);
}

/** Case, spaces and underscores do not tell one name from another. */
function plainOf(name: string): string {
  return name.replace(/[\s_]/g, "").toLowerCase();
}

const KEYWORD_OF: ReadonlyMap<string, Keyword> = new Map([
  ...KEYWORDS.map((keyword) => [keyword.toLowerCase(), keyword] as const),
  ...Object.entries(SYNONYMS),
]);
