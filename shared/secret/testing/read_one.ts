/** Reads the secret that its argument refers to, as a process of its own that finds the tests' Azure by its variables. */
import { ConfigError } from "../../config_error.ts";
import { openKeyVaults } from "../key_vault.ts";
import { resolveSecrets } from "../resolve.ts";

const [reference = "", limitMs] = Deno.args;
const open = (identity: Parameters<typeof openKeyVaults>[0]) =>
  openKeyVaults(identity, limitMs === undefined ? undefined : Number(limitMs));
try {
  const env = { ...Deno.env.toObject(), WANTED: reference };
  console.log((await resolveSecrets(env, { variables: ["WANTED"], open })).WANTED);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  Deno.exit(2);
}
