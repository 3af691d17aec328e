/** What a variable says when its value is kept in a Key Vault: `keyvault://NAME`, and which secret that is. */
import { ConfigError } from "../config_error.ts";

/** One secret: its vault's `https:` origin, its name there, and its version; without one the newest. */
export interface SecretReference {
  vaultUrl: string;
  name: string;
  version?: string;
}

/** Tells whether a variable's value refers to a secret, well or not. */
export function isReference(value: string | undefined): value is string {
  return value !== undefined && /^keyvault:/i.test(value);
}

const FORM =
  "A reference is written as keyvault://NAME or keyvault://VAULT.vault.azure.net/NAME, where NAME has " +
  "letters, digits and hyphens; ?version=VERSION may follow.";

/**
 * Reads `keyvault://NAME`, meaning the vault at `vaultUrl` (`AZURE_KEY_VAULT_URL`), or `keyvault://HOST/NAME`, either
 * with `?version=`. Throws `ConfigError` that says what to do and does not show the text.
 */
export function referenceOf(text: string, vaultUrl: string | undefined): SecretReference {
  const [, host, name, version] =
    /^keyvault:\/\/(?:([a-z\d][a-z\d-]*(?:\.[a-z\d-]+)+(?::\d{1,5})?)\/)?([a-z\d-]{1,127})(?:\?version=([a-z\d]{1,64}))?$/i
      .exec(text) ?? [];
  const vault = host === undefined ? undefined : vaultAt(`https://${host}`);
  if (name === undefined || (host !== undefined && vault === undefined)) throw new ConfigError(FORM);
  return { vaultUrl: vault ?? requireVault(vaultUrl), name, ...(version === undefined ? {} : { version }) };
}

function requireVault(url: string | undefined): string {
  if (!url) {
    throw new ConfigError("Set AZURE_KEY_VAULT_URL to the vault's https:// URL, or name the vault. " + FORM);
  }
  const vault = vaultAt(url);
  if (vault !== undefined) return vault;
  throw new ConfigError("AZURE_KEY_VAULT_URL is not a vault's URL, such as https://parley.vault.azure.net.");
}

/** Gives the origin of a vault's URL; undefined for what is none. */
function vaultAt(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, username, pathname, search, hash, origin } = new URL(url);
  const isVault = protocol === "https:" && username === "" && `${pathname}${search}${hash}` === "/";
  return isVault ? origin : undefined;
}

/** Names one secret whoever refers to it: names are the same in any case. */
export function keyOf({ vaultUrl, name, version = "" }: SecretReference): string {
  return `${vaultUrl}/${name}/${version}`.toLowerCase();
}
