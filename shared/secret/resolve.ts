/** Puts secrets in the place of the references to them, all at once and in time, before anything else reads them. */
import { ConfigError } from "../config_error.ts";
import { hide } from "./hidden.ts";
import { isReference, keyOf, referenceOf, type SecretReference } from "./reference.ts";
import { wantedOf } from "./wanted.ts";

/** Reads one secret's value. Throws `ConfigError` whose message says, after the variable's name, what to do. */
export type ReadSecret = (reference: SecretReference) => Promise<string>;

/** Who one is at Entra ID, as far as variables say. */
export interface Identity {
  clientId?: string | undefined;
  clientSecret?: string | undefined;
  tenantId?: string | undefined;
}

/** Opens the way to the vaults; only called when there is something to read. */
export type OpenVaults = (identity: Identity) => Promise<ReadSecret>;

/**
 * Gives `env` with the values of all secrets that `variables` (undefined: all of them) refer to. Each secret is read
 * once. Throws `ConfigError` that names every variable whose secret cannot be had, and never shows a value.
 */
export async function resolveSecrets(
  env: Readonly<Record<string, string>>,
  { variables, open = openKeyVaults }: { variables?: readonly string[]; open?: OpenVaults } = {},
): Promise<Record<string, string>> {
  const wanted = wantedOf(env, variables);
  if (wanted.length === 0) return { ...env };
  const references = await eachOf(wanted, (text) => referenceOf(text, env.AZURE_KEY_VAULT_URL));
  const values = await eachOf(references, readOnce(await open(identityIn(env))));
  return hide({ ...env, ...Object.fromEntries(values) }, values.map(([name]) => name));
}

/** Does `work` for every variable at once. Throws one `ConfigError` that names all for which it threw one. */
async function eachOf<T, U>(
  variables: readonly (readonly [name: string, of: T])[],
  work: (of: T) => U | Promise<U>,
): Promise<(readonly [name: string, of: U])[]> {
  const faults: string[] = [];
  const done = await Promise.all(variables.map(async ([name, of]) => {
    try {
      return [[name, await work(of)] as const];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      faults.push(`  ${name}: ${error.message}`);
      return [];
    }
  }));
  if (faults.length === 0) return done.flat();
  throw new ConfigError(["Secrets in a Key Vault cannot be read:", ...faults].join("\n"));
}

async function openKeyVaults(identity: Identity): Promise<ReadSecret> {
  return (await import("./key_vault.ts")).openKeyVaults(identity);
}

function readOnce(read: ReadSecret): ReadSecret {
  const asked = new Map<string, Promise<string>>();
  return (reference) => {
    const key = keyOf(reference);
    const before = asked.get(key) ?? read(reference);
    asked.set(key, before);
    return before;
  };
}

/** What is itself kept in a vault opens none. */
function identityIn(env: Readonly<Record<string, string>>): Identity {
  const given = (name: string) => isReference(env[name]) || !env[name] ? undefined : env[name];
  return {
    clientId: given("AZURE_CLIENT_ID"),
    clientSecret: given("AZURE_CLIENT_SECRET"),
    tenantId: given("AZURE_TENANT_ID"),
  };
}
