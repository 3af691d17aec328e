/** Why a secret could not be read, in a person's words. What Azure says itself may name too much. */
import type { SecretReference } from "./reference.ts";

/** What is looked at of whatever Azure's clients throw. */
interface Thrown {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  statusCode?: unknown;
}

/** Says what failed and what to do, without anything that is secret. */
export function reasonOf(thrown: unknown, { vaultUrl, name }: SecretReference): string {
  const vault = new URL(vaultUrl).host;
  const { name: kind, message, code, statusCode } = (thrown ?? {}) as Thrown;
  if (kind === "AbortError") return `the vault ${vault} did not answer in time. ${LATER}`;
  if (kind === "NotCapable") {
    return "Deno must be started with --allow-net, --allow-env and --allow-sys for this.";
  }
  if (SIGN_IN.has(String(kind))) return signInReason(message);
  if (statusCode === 404) {
    return `the vault ${vault} has no secret ${name}, or not in this version. Create it.`;
  }
  if (statusCode === 401) return `the vault ${vault} does not accept who this is at Azure. ${WHO}`;
  if (statusCode === 403) {
    return `the vault ${vault} refuses the secret ${name}: it is disabled, or this identity or network may not read it. ` +
      "Reading takes the role Key Vault Secrets User.";
  }
  if (typeof statusCode === "number") {
    return `the vault ${vault} answered with status ${statusCode}. ${LATER}`;
  }
  return `the vault ${vault} cannot be reached${wordOf(code)}. Check its name, and the way there.`;
}

const LATER = "Try again later, and check the way there.";
const WHO =
  "Set AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and AZURE_TENANT_ID, or run where there is a managed identity.";

/** What Azure's clients call it when they cannot sign in; the same names stand for very different reasons. */
const SIGN_IN: ReadonlySet<string> = new Set([
  "CredentialUnavailableError",
  "AggregateAuthenticationError",
  "AuthenticationRequiredError",
  "AuthenticationError",
]);

/** Entra ID's own number, by which the reason is found in its documents, tells a refusal from nobody to refuse. */
function signInReason(message: unknown): string {
  const [code] = /AADSTS\d{1,9}/.exec(String(message)) ?? [];
  if (code === undefined) return `nobody can be signed in at Azure here. ${WHO}`;
  return `Entra ID refuses to sign this process in (${code}). Check AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and AZURE_TENANT_ID.`;
}

/** A code of the system's, such as ENOTFOUND. */
function wordOf(code: unknown): string {
  return typeof code === "string" && /^[A-Z][A-Z\d_]{1,40}$/.test(code) ? ` (${code})` : "";
}
