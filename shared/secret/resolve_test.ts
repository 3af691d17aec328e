import assert from "node:assert/strict";
import { z } from "zod";
import { ConfigError, parseConfig, port } from "../config.ts";
import { keyOf } from "./reference.ts";
import { type Identity, type OpenVaults, resolveSecrets } from "./resolve.ts";

const VAULT = "https://parley.vault.azure.net";

/** Vaults that hold `secrets`, and note who opened them and what was read. */
function vaults(secrets: Record<string, string> = {}) {
  const opened: Identity[] = [];
  const read: string[] = [];
  const open: OpenVaults = (identity) => {
    opened.push(identity);
    return Promise.resolve((reference) => {
      read.push(keyOf(reference));
      const value = secrets[reference.name];
      return value ? Promise.resolve(value) : Promise.reject(new ConfigError(`no ${reference.name} here.`));
    });
  };
  return { open, opened, read };
}

Deno.test("resolveSecrets() opens no vault where nothing refers to one", async () => {
  const { open, opened } = vaults();
  const env = { A: "1", AZURE_KEY_VAULT_URL: VAULT };
  assert.deepEqual({ ...await resolveSecrets(env, { open }) }, env);
  assert.equal(opened.length, 0);
});

Deno.test("resolveSecrets() reads each secret once, and leaves the rest as it is", async () => {
  const { open, opened, read } = vaults({ key: "k", other: "keyvault://key" });
  const env = {
    AZURE_KEY_VAULT_URL: VAULT,
    A: "keyvault://key",
    B: "keyvault://key",
    C: "keyvault://other",
    D: "d",
  };
  const resolved = await resolveSecrets(env, { open });
  assert.deepEqual([resolved.A, resolved.B, resolved.C, resolved.D], ["k", "k", "keyvault://key", "d"]);
  assert.deepEqual(read, [`${VAULT}/key/`, `${VAULT}/other/`]);
  assert.equal(opened.length, 1);
  assert.equal(env.A, "keyvault://key");
});

Deno.test("resolveSecrets() signs in with what variables say, except what is itself in a vault", async () => {
  const { open, opened } = vaults({ s: "secret" });
  const env = {
    AZURE_KEY_VAULT_URL: VAULT,
    AZURE_CLIENT_ID: "c",
    AZURE_TENANT_ID: "t",
    AZURE_CLIENT_SECRET: "keyvault://s",
  };
  assert.equal((await resolveSecrets(env, { open })).AZURE_CLIENT_SECRET, "secret");
  assert.deepEqual(opened, [{ clientId: "c", tenantId: "t", clientSecret: undefined }]);
});

Deno.test("resolveSecrets() adds the password for Azure SQL that goes without saying", async () => {
  const { open } = vaults({ "AZURE-SQL-PASSWORD": "p" });
  const env = { AZURE_KEY_VAULT_URL: VAULT, AZURE_SQL_SERVER: "h", AZURE_SQL_USERNAME: "u" };
  assert.equal((await resolveSecrets(env, { open })).AZURE_SQL_PASSWORD, "p");
});

Deno.test("resolveSecrets() names every variable whose reference is none, before it opens a vault", async () => {
  const { open, opened } = vaults();
  await assert.rejects(resolveSecrets({ A: "keyvault://x", B: "keyvault:y", C: "1" }, { open }), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(
      error.message,
      /^Secrets in a Key Vault cannot be read:\n {2}A: Set AZURE_KEY_VAULT_URL.*\n {2}B: A ref/,
    );
    return true;
  });
  assert.equal(opened.length, 0);
});

Deno.test("resolveSecrets() names every variable whose secret cannot be read, and shows no other", async () => {
  const { open } = vaults({ good: "s3cret" });
  const env = { AZURE_KEY_VAULT_URL: VAULT, A: "keyvault://one", B: "keyvault://good", C: "keyvault://two" };
  await assert.rejects(resolveSecrets(env, { open }), {
    name: "ConfigError",
    message: "Secrets in a Key Vault cannot be read:\n  A: no one here.\n  C: no two here.",
  });
});

Deno.test("resolveSecrets() passes on what is no fault of the configuration", async () => {
  const open: OpenVaults = () => Promise.resolve(() => Promise.reject(new TypeError("ours")));
  await assert.rejects(
    resolveSecrets({ AZURE_KEY_VAULT_URL: VAULT, A: "keyvault://a" }, { open }),
    TypeError,
  );
});

Deno.test("a value that came out of a vault is never shown, whatever its variable is called", async () => {
  const { open } = vaults({ p: "s3cret" });
  const env = await resolveSecrets({ AZURE_KEY_VAULT_URL: VAULT, PORT: "keyvault://p" }, { open });
  assert.throws(() => parseConfig(z.object({ PORT: port(1) }), { ...env, OTHER: "1" }), {
    message: /PORT: given was a value that is not shown\. Allowed is a port/,
  });
});
