/** Azure's own clients against a vault, an Entra ID and a managed identity on this machine, in processes of their own. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { inherited } from "../../tests/environment.ts";
import { outcomeOf, startTask } from "../testing/task_process.ts";
import { type Secrets, startFakeAzure, TENANT, VAULT_URL, whyNoFakeAzure } from "./testing/azure.ts";

const missing = whyNoFakeAzure();
const ignore = missing !== undefined && Deno.env.get("CI") !== "true";

function test(name: string, work: () => Promise<void>): void {
  Deno.test({ name: `${name}${ignore ? ` (${missing})` : ""}`, ignore, fn: work });
}

const READ_ONE = fileURLToPath(new URL("./testing/read_one.ts", import.meta.url));
const CLIENT = {
  AZURE_CLIENT_ID: crypto.randomUUID(),
  AZURE_CLIENT_SECRET: "cl1ent",
  AZURE_TENANT_ID: TENANT,
};
const HOST = "parley.vault.azure.net";

async function readOne(env: Record<string, string>, ...args: string[]) {
  const command = [
    "run",
    "--no-prompt",
    "--allow-net",
    "--allow-env",
    "--allow-read",
    "--allow-sys",
    READ_ONE,
  ];
  return await outcomeOf(
    new Deno.Command(Deno.execPath(), {
      args: [...command, ...args],
      env: { AZURE_KEY_VAULT_URL: VAULT_URL, ...env },
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn(),
  );
}

test("a secret is read by the managed identity of the machine", async () => {
  await using azure = await startFakeAzure({ "api-key": "s3cret\n" });
  const { code, out, err } = await readOne(azure.env, "keyvault://api-key");
  assert.deepEqual([code, out], [0, "s3cret\n\n"], err);
  assert.deepEqual(azure.requests, [`GET ${HOST}/secrets/api-key`, `GET ${HOST}/secrets/api-key *`]);
});

test("a version of a secret is read by a client that signs in at Entra ID with its secret", async () => {
  await using azure = await startFakeAzure({ "api-key/0a1b": "older" });
  const { code, out, err } = await readOne({ ...azure.env, ...CLIENT }, "keyvault://api-key?version=0a1b");
  assert.deepEqual([code, out], [0, "older\n"], err);
  const path = `${HOST}/secrets/api-key/0a1b`;
  const login = `POST login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`;
  assert.deepEqual(azure.requests, [`GET ${path}`, login, `GET ${path} *`]);
});

const FAULTS: [what: string, secrets: Secrets, says: RegExp][] = [
  ["is missing", {}, /has no secret key, or not in this version\. Create it\./],
  ["may not be read", { key: { status: 403 } }, /refuses the secret key: .*Key Vault Secrets User/],
  ["is empty", { key: "" }, /the secret key is empty/],
];

for (const [what, secrets, says] of FAULTS) {
  test(`the variable is named when its secret ${what}`, async () => {
    await using azure = await startFakeAzure(secrets);
    const { code, out, err } = await readOne(azure.env, "keyvault://key");
    assert.deepEqual([code, out], [2, ""], err);
    assert.match(err, /^Secrets in a Key Vault cannot be read:\n {2}WANTED: /);
    assert.match(err, says);
  });
}

test("Entra ID's number is shown when it refuses the client, and the client's secret is not", async () => {
  await using azure = await startFakeAzure({ key: "s3cret" }, { refusal: "AADSTS7000215" });
  const { code, err } = await readOne({ ...azure.env, ...CLIENT }, "keyvault://key");
  assert.equal(code, 2);
  assert.match(err, /WANTED: Entra ID refuses to sign this process in \(AADSTS7000215\)/);
  assert.doesNotMatch(err, /cl1ent|s3cret/);
});

test("a client's secret without its tenant is a fault that says so", async () => {
  const { code, err } = await readOne(
    { ...inherited(), AZURE_CLIENT_SECRET: "cl1ent", AZURE_CLIENT_ID: "c" },
    "keyvault://key",
  );
  assert.deepEqual([code, err], [2, "AZURE_CLIENT_SECRET: set AZURE_CLIENT_ID and AZURE_TENANT_ID, too.\n"]);
});

test("a vault that never answers ends the waiting", async () => {
  await using azure = await startFakeAzure({ key: "never" });
  const { code, err } = await readOne(azure.env, "keyvault://key", "1500");
  assert.equal(code, 2, err);
  assert.match(err, /WANTED: the vault parley\.vault\.azure\.net did not answer in time\./);
});

test("a vault whose certificate nobody vouches for gets no token", async () => {
  await using azure = await startFakeAzure({ key: "s3cret" });
  const { DENO_CERT: _untrusted, ...env } = azure.env;
  const { code, err } = await readOne(env, "keyvault://key", "10000");
  assert.equal(code, 2, err);
  assert.match(err, /WANTED: the vault parley\.vault\.azure\.net (cannot be reached|did not answer)/);
  assert.deepEqual(azure.requests, []);
});

const TASKS = ["start", "start:server", "start:broker", "start:agent", "start:web"] as const;

for (const task of TASKS) {
  test(`${task} may read secrets, and shows none when it is not what is allowed`, async () => {
    await using azure = await startFakeAzure({ level: "s3cret" });
    const env = { ...azure.env, AZURE_KEY_VAULT_URL: VAULT_URL, LOG_LEVEL: "keyvault://level" };
    const { code, out, err } = await outcomeOf(startTask(task, [], env, { clearEnv: true }));
    assert.equal(code, 2, err);
    assert.match(err, /LOG_LEVEL: given was a value that is not shown\. Allowed is one of: debug/);
    assert.doesNotMatch(out + err, /s3cret/);
  });
}

test("the command line may read secrets, and shows none when it is not what is allowed", async () => {
  await using azure = await startFakeAzure({ port: "s3cret" });
  const env = { ...azure.env, AZURE_KEY_VAULT_URL: VAULT_URL, WEBSOCKET_PORT: "keyvault://port" };
  const { code, out, err } = await outcomeOf(startTask("cli", ["agents"], env, { clearEnv: true }));
  assert.equal(code, 2, err);
  assert.match(err, /WEBSOCKET_PORT: given was a value that is not shown\. Allowed is a port/);
  assert.doesNotMatch(out + err, /s3cret/);
});

test("a process that reads no variable that refers to a secret asks no vault", async () => {
  await using azure = await startFakeAzure({ key: "s3cret" });
  const env = {
    ...azure.env,
    MISTRAL_API_KEY: "keyvault://key",
    AZURE_KEY_VAULT_URL: VAULT_URL,
    LOG_LEVEL: "loud",
  };
  const { code, err } = await outcomeOf(startTask("start:broker", [], env, { clearEnv: true }));
  assert.equal(code, 2, err);
  assert.deepEqual(azure.requests, []);
});
