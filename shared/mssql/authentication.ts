/** How one signs in at SQL Server: what the documents and Microsoft's drivers call it, and what tedious does. */
import type { ConnectionAuthentication } from "tedious";
import { ConfigError } from "../config_error.ts";
import type { MssqlSettings } from "./settings.ts";

/** The ways to sign in. */
export type SignIn = "login" | "default" | "password" | "principal" | "identity" | "token";

/** Names as they are compared: lower case, without spaces, underscores and hyphens. tedious' own are among them. */
const SIGN_INS: ReadonlyMap<string, SignIn> = new Map([
  ["sqlpassword", "login"],
  ["default", "login"],
  ["activedirectoryintegrated", "default"],
  ["activedirectorydefault", "default"],
  ["activedirectoryworkloadidentity", "default"],
  ["azureactivedirectorydefault", "default"],
  ["activedirectorypassword", "password"],
  ["azureactivedirectorypassword", "password"],
  ["activedirectoryserviceprincipal", "principal"],
  ["azureactivedirectoryserviceprincipalsecret", "principal"],
  ["activedirectorymsi", "identity"],
  ["activedirectorymanagedidentity", "identity"],
  ["managedidentity", "identity"],
  ["azureactivedirectorymsivm", "identity"],
  ["azureactivedirectorymsiappservice", "identity"],
  ["accesstoken", "token"],
  ["activedirectoryaccesstoken", "token"],
  ["azureactivedirectoryaccesstoken", "token"],
]);

const ALLOWED = "SqlPassword, ActiveDirectoryDefault, ActiveDirectoryIntegrated, ActiveDirectoryPassword, " +
  "ActiveDirectoryServicePrincipal, ActiveDirectoryMsi, ActiveDirectoryManagedIdentity, ManagedIdentity, AccessToken";

/**
 * Decides how one signs in: as `authentication` says, or else with the user and password, the access token, or, with
 * none of them, what Entra ID takes by default. Throws `ConfigError` for a way that is not known.
 */
export function signInOf({ authentication, user, password, accessToken }: MssqlSettings): SignIn {
  if (authentication !== undefined) {
    const known = SIGN_INS.get(authentication.replace(/[\s_-]/g, "").toLowerCase());
    if (known) return known;
    throw new ConfigError(`Authentication: allowed is one of ${ALLOWED}.`);
  }
  if (user !== undefined || password !== undefined) return "login";
  return accessToken === undefined ? "default" : "token";
}

/** Gives what tedious needs to sign in. Throws `ConfigError` that says what is missing; it shows no value. */
export function authenticationOf(settings: MssqlSettings): ConnectionAuthentication {
  return AUTHENTICATIONS[signInOf(settings)](settings);
}

const AUTHENTICATIONS: Readonly<Record<SignIn, (settings: MssqlSettings) => ConnectionAuthentication>> = {
  login(settings) {
    const { user, password } = requireAll(settings, ["user", "password"]);
    return { type: "default", options: { userName: user, password } };
  },
  default: (settings) => ({ type: "azure-active-directory-default", options: clientIn(settings) }),
  identity: (settings) => ({ type: "azure-active-directory-msi-vm", options: clientIn(settings) }),
  password(settings) {
    const { user, ...options } = requireAll(settings, ["user", "password", "clientId", "tenantId"]);
    return { type: "azure-active-directory-password", options: { userName: user, ...options } };
  },
  principal(settings) {
    const named = { ...settings, ...clientIn(settings) };
    const { clientId, password, tenantId } = requireAll(named, ["clientId", "password", "tenantId"]);
    const options = { clientId, clientSecret: password, tenantId };
    return { type: "azure-active-directory-service-principal-secret", options };
  },
  token(settings) {
    const { accessToken: token } = requireAll(settings, ["accessToken"]);
    return { type: "azure-active-directory-access-token", options: { token } };
  },
};

/** Microsoft's drivers take the client's id as the user. */
function clientIn({ user, clientId = user }: MssqlSettings): { clientId?: string } {
  return clientId === undefined ? {} : { clientId };
}

/** Where each of them may be said. */
const PLACES = {
  user: "a user (Uid, AZURE_SQL_USERNAME)",
  password: "a password (Pwd, AZURE_SQL_PASSWORD; a service principal's secret, AZURE_CLIENT_SECRET)",
  clientId: "a client's id (ClientId, AZURE_CLIENT_ID)",
  tenantId: "a tenant's id (TenantId, AZURE_TENANT_ID)",
  accessToken: "a token (AccessToken)",
} as const;

function requireAll<K extends keyof typeof PLACES>(
  settings: MssqlSettings,
  wanted: readonly K[],
): Record<K, string> {
  const missing = wanted.filter((keyword) => settings[keyword] === undefined);
  if (missing.length > 0) {
    const places = missing.map((keyword) => PLACES[keyword]).join(" and ");
    throw new ConfigError(`Signing in this way also needs ${places}.`);
  }
  return Object.fromEntries(wanted.map((keyword) => [keyword, settings[keyword]])) as Record<K, string>;
}
