import assert from "node:assert/strict";
import { reasonOf } from "./fault.ts";

const REFERENCE = { vaultUrl: "https://v.example", name: "key" };

const CASES: [what: string, thrown: unknown, says: RegExp][] = [
  [
    "the limit of time",
    new DOMException("s3cret", "AbortError"),
    /^the vault v\.example did not answer in time\./,
  ],
  [
    "a missing secret",
    { statusCode: 404, code: "SecretNotFound" },
    /^the vault v\.example has no secret key, .*Create it/,
  ],
  [
    "a refusal",
    { statusCode: 403 },
    /^the vault v\.example refuses the secret key: .*Key Vault Secrets User/,
  ],
  [
    "an identity it does not accept",
    { statusCode: 401 },
    /^the vault v\.example does not accept who this is/,
  ],
  ["a vault that is not well", { statusCode: 503 }, /^the vault v\.example answered with status 503\./],
  ["a host that is none", { code: "ENOTFOUND" }, /^the vault v\.example cannot be reached \(ENOTFOUND\)\./],
  ["a code that is a text", { code: "s3cret is here" }, /^the vault v\.example cannot be reached\. Check/],
  [
    "nobody signed in",
    { name: "CredentialUnavailableError" },
    /^nobody can be signed in at Azure here\. Set AZURE_CLIENT_ID/,
  ],
  [
    "nobody signed in by any way",
    { name: "AggregateAuthenticationError" },
    /^nobody can be signed in at Azure here\./,
  ],
  [
    "a client that Entra ID refuses",
    { name: "CredentialUnavailableError", statusCode: 401, message: "AADSTS7000215: s3cret" },
    /^Entra ID refuses .* \(AADSTS7000215\)\. Check .*AZURE_TENANT_ID/,
  ],
  ["a missing permission", { name: "NotCapable", message: "s3cret" }, /--allow-sys/],
  ["nothing at all", undefined, /^the vault v\.example cannot be reached\./],
  ["a text", "s3cret", /^the vault v\.example cannot be reached\./],
];

for (const [what, thrown, says] of CASES) {
  Deno.test(`reasonOf() says in our words what ${what} means`, () => {
    const reason = reasonOf(thrown, REFERENCE);
    assert.match(reason, says);
    assert.doesNotMatch(reason, /s3cret/);
  });
}
