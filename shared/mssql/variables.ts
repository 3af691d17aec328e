/** From variables to the one `mssql:` URL that says where SQL Server is and how to sign in there. */
import { ConfigError } from "../config_error.ts";
import { signInOf } from "./authentication.ts";
import { tediousConfigOf } from "./connection.ts";
import { type MssqlSettings, mssqlSettingsOf } from "./settings.ts";
import { placeOf } from "./server_name.ts";
import { urlOf } from "./url.ts";

/** The variables that say who one is at Entra ID. */
export interface IdentityVariables {
  AZURE_CLIENT_ID?: string | undefined;
  AZURE_CLIENT_SECRET?: string | undefined;
  AZURE_TENANT_ID?: string | undefined;
}

/** The variables that name a database of Azure SQL, and who one is there. */
export interface AzureSqlVariables extends IdentityVariables {
  AZURE_SQL_SERVER?: string | undefined;
  AZURE_SQL_DATABASE?: string | undefined;
  AZURE_SQL_USERNAME?: string | undefined;
  AZURE_SQL_PASSWORD?: string | undefined;
}

/**
 * Writes what the variable `name` says about SQL Server, in whichever form, as an `mssql:` URL with everything that is
 * needed to sign in. Throws `ConfigError` that names the variable and shows no secret.
 */
export function mssqlUrlOf(name: string, text: string, identity: IdentityVariables): string {
  return naming(name, () => completeUrl(mssqlSettingsOf(text), identity));
}

/**
 * Gives the `mssql:` URL that the `AZURE_SQL_*` variables mean; undefined when `AZURE_SQL_SERVER` is not set. Without
 * user and password that is Entra ID's default. Throws `ConfigError` that names what is missing.
 */
export function azureSqlUrlOf(variables: AzureSqlVariables): string | undefined {
  const { AZURE_SQL_SERVER: server, AZURE_SQL_DATABASE: database } = variables;
  if (!server) return undefined;
  if (!database) {
    throw new ConfigError("AZURE_SQL_DATABASE: name the database on the server of AZURE_SQL_SERVER.");
  }
  const { AZURE_SQL_USERNAME: user, AZURE_SQL_PASSWORD: password } = variables;
  return naming(
    "AZURE_SQL_SERVER",
    () =>
      completeUrl({
        ...placeOf(server, {}),
        database,
        ...given("user", user),
        ...given("password", password),
      }, variables),
  );
}

/** Adds who one is at Entra ID where that is how one signs in, and has all of it checked. */
function completeUrl(settings: MssqlSettings, identity: IdentityVariables): string {
  const url = urlOf({ ...settings, ...identityFor(settings, identity) });
  tediousConfigOf(url);
  return url;
}

/**
 * A client with a secret is what Entra ID's default looks for first, but in the process's own environment alone; here
 * it may come from a `.env` file or a vault, so it is said.
 */
function identityFor(settings: MssqlSettings, identity: IdentityVariables): Partial<MssqlSettings> {
  const { AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: secret, AZURE_TENANT_ID: tenantId } = identity;
  const signIn = signInOf(settings);
  if (signIn === "login" || signIn === "token") return {};
  const isNamed = settings.user !== undefined || settings.clientId !== undefined;
  const tenant = given("tenantId", settings.tenantId ?? tenantId);
  if (signIn === "password") return { ...given("clientId", settings.clientId ?? clientId), ...tenant };
  if (signIn === "principal" && isNamed) return tenant;
  const isClient = signIn === "principal" || signIn === "default" && clientId && secret && tenantId;
  if (isNamed) return {};
  if (!isClient) return given("clientId", clientId);
  return { authentication: PRINCIPAL, ...given("user", clientId), ...given("password", secret), ...tenant };
}

const PRINCIPAL = "ActiveDirectoryServicePrincipal";

function given(keyword: keyof MssqlSettings, value: string | undefined): Partial<MssqlSettings> {
  return value ? { [keyword]: value } : {};
}

function naming<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) throw new ConfigError(`${name}: ${error.message}`);
    throw error;
  }
}
