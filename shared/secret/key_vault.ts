/** Reads secrets with Azure's own clients, which are loaded only when a variable refers to a secret. */
import { ConfigError } from "../config_error.ts";
import { pause } from "../pause.ts";
import { reasonOf } from "./fault.ts";
import type { SecretReference } from "./reference.ts";
import type { Identity, ReadSecret } from "./resolve.ts";

/** How long a secret may take, signing in included, in milliseconds: everything waits for it. */
const READ_MS = 20_000;

/**
 * Opens the way to the vaults as `identity`: a client with its secret where all three are there, otherwise whatever
 * `DefaultAzureCredential` finds. Reading takes `limitMs` at most (20 s); what it throws is a `ConfigError` that shows no value.
 */
export async function openKeyVaults(identity: Identity, limitMs = READ_MS): Promise<ReadSecret> {
  const { SecretClient, credential } = await load(identity);
  const clients = new Map<string, InstanceType<typeof SecretClient>>();
  return async (reference) => {
    const { vaultUrl, name, version } = reference;
    const client = clients.get(vaultUrl) ?? new SecretClient(vaultUrl, credential);
    clients.set(vaultUrl, client);
    return await told(reference, async () => {
      const { value } = await inTime(
        limitMs,
        (abortSignal) => client.getSecret(name, { version, abortSignal }),
      );
      return value;
    });
  };
}

async function load({ clientId, clientSecret, tenantId }: Identity) {
  if (clientSecret && !(clientId && tenantId)) throw new ConfigError(INCOMPLETE);
  const [{ SecretClient }, { ClientSecretCredential, DefaultAzureCredential }] = await packages();
  const credential = clientId && clientSecret && tenantId
    ? new ClientSecretCredential(tenantId, clientId, clientSecret)
    : new DefaultAzureCredential({ managedIdentityClientId: clientId });
  return { SecretClient, credential };
}

const INCOMPLETE = "AZURE_CLIENT_SECRET: set AZURE_CLIENT_ID and AZURE_TENANT_ID, too.";

async function packages() {
  try {
    return await Promise.all([import("@azure/keyvault-secrets"), import("@azure/identity")]);
  } catch {
    throw new ConfigError(
      "A variable refers to a secret in a Key Vault, and Azure's clients cannot be loaded here. They come from npm: " +
        "let Deno reach it once, or give the value itself.",
    );
  }
}

/** Says in our words what keeps a secret from being read. */
async function told(reference: SecretReference, read: () => Promise<string | undefined>): Promise<string> {
  const value = await read().catch((error) => {
    throw new ConfigError(reasonOf(error, reference));
  });
  if (value) return value;
  throw new ConfigError(`the secret ${reference.name} is empty. Give it a value.`);
}

/** Ends what takes longer. Not every part of signing in listens to the signal, so it is not waited for. */
async function inTime<T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const [ended, late] = [new AbortController(), new AbortController()];
  const limit = pause(limitMs, ended.signal).then(() => {
    late.abort();
    return Promise.reject(late.signal.reason);
  });
  try {
    return await Promise.race([work(late.signal), limit]);
  } finally {
    limit.catch(() => {/* it ended in time */});
    ended.abort();
  }
}
