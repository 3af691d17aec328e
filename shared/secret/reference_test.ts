import assert from "node:assert/strict";
import { ConfigError } from "../config.ts";
import { isReference, keyOf, referenceOf, type SecretReference } from "./reference.ts";

const VAULT = "https://parley.vault.azure.net";

const READ: [text: string, vaultUrl: string | undefined, reference: SecretReference][] = [
  ["keyvault://Api-Key", VAULT, { vaultUrl: VAULT, name: "Api-Key" }],
  ["keyvault://Api-Key", `${VAULT}/`, { vaultUrl: VAULT, name: "Api-Key" }],
  ["KeyVault://x", VAULT, { vaultUrl: VAULT, name: "x" }],
  ["keyvault://other.vault.azure.cn/x", VAULT, { vaultUrl: "https://other.vault.azure.cn", name: "x" }],
  ["keyvault://other.vault.azure.net/x", undefined, { vaultUrl: "https://other.vault.azure.net", name: "x" }],
  ["keyvault://other.example:8443/x", undefined, { vaultUrl: "https://other.example:8443", name: "x" }],
  ["keyvault://x?version=0a1b", VAULT, { vaultUrl: VAULT, name: "x", version: "0a1b" }],
];

for (const [text, vaultUrl, reference] of READ) {
  Deno.test(`referenceOf() reads ${text} with ${vaultUrl ?? "no vault"}`, () => {
    assert.deepEqual(referenceOf(text, vaultUrl), reference);
  });
}

const REFUSED: [text: string, vaultUrl: string | undefined, says: RegExp][] = [
  ["keyvault://s3cret", undefined, /^Set AZURE_KEY_VAULT_URL/],
  ["keyvault://s3cret", "", /^Set AZURE_KEY_VAULT_URL/],
  ["keyvault://s3cret", "http://parley.vault.azure.net", /^AZURE_KEY_VAULT_URL is not a vault's URL/],
  ["keyvault://s3cret", "https://u:p@parley.vault.azure.net", /^AZURE_KEY_VAULT_URL is not/],
  ["keyvault://s3cret", `${VAULT}/secrets/x`, /^AZURE_KEY_VAULT_URL is not/],
  ["keyvault://s3cret", "keyvault://other.example/x", /^AZURE_KEY_VAULT_URL is not/],
  ["keyvault://s3cret", "parley", /^AZURE_KEY_VAULT_URL is not/],
  ["keyvault:s3cret", VAULT, /^A reference is written as/],
  ["keyvault://", VAULT, /^A reference is written as/],
  ["keyvault://s3cret_x", VAULT, /^A reference is written as/],
  ["keyvault://vault/s3cret", VAULT, /^A reference is written as/],
  ["keyvault://a.example/b/s3cret", VAULT, /^A reference is written as/],
  ["keyvault://a.example@b.example/s3cret", VAULT, /^A reference is written as/],
  ["keyvault://a.example:99999/s3cret", VAULT, /^A reference is written as/],
  ["keyvault://s3cret?v=1", VAULT, /^A reference is written as/],
  ["keyvault://s3cret?version=", VAULT, /^A reference is written as/],
  ["keyvault://s3cret?version=../x", VAULT, /^A reference is written as/],
  [`keyvault://${"x".repeat(128)}`, VAULT, /^A reference is written as/],
  [`keyvault://${"a.".repeat(100_000)}!`, VAULT, /^A reference is written as/],
];

for (const [text, vaultUrl, says] of REFUSED) {
  Deno.test(`referenceOf() refuses ${text.slice(0, 50)} with ${vaultUrl ?? "no vault"}`, () => {
    assert.throws(() => referenceOf(text, vaultUrl), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
}

Deno.test("isReference() knows references, also those that are written wrongly, from other values", () => {
  const values = ["keyvault://x", "KEYVAULT:x", "https://x", "a keyvault://x", "", undefined];
  assert.deepEqual(values.map(isReference), [true, true, false, false, false, false]);
});

Deno.test("keyOf() is the same for one secret, and another for another version", () => {
  assert.equal(
    keyOf(referenceOf("keyvault://X", VAULT)),
    keyOf(referenceOf("keyvault://Parley.vault.azure.net/x", VAULT)),
  );
  assert.notEqual(
    keyOf(referenceOf("keyvault://x", VAULT)),
    keyOf(referenceOf("keyvault://x?version=1", VAULT)),
  );
});
