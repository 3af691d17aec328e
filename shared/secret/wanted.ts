/** Which variables of a process are to be read from a vault: a pure decision. */
import { isReference } from "./reference.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The secret that is the password of `AZURE_SQL_USERNAME` where nothing else is said. */
const PASSWORD_REFERENCE = "keyvault://AZURE-SQL-PASSWORD";

/**
 * Lists the variables that refer to a secret, and what each says; of `variables` alone (undefined: of all), since a
 * process needs no secret that it does not read. The password for Azure SQL is among them only where that is meant.
 */
export function wantedOf(
  env: Environment,
  variables?: readonly string[],
): [name: string, reference: string][] {
  const names = variables ?? [...Object.keys(env), PASSWORD, STORE];
  return [...new Set(names)].flatMap((name): [string, string][] => {
    const value = name === PASSWORD ? passwordOf(env, names) : env[name];
    return isReference(value) ? [[name, value]] : [];
  });
}

const PASSWORD = "AZURE_SQL_PASSWORD";
const STORE = "DATABASE_URL";

function passwordOf(env: Environment, names: readonly string[]): string | undefined {
  if (!isSqlMeant(env, names)) return undefined;
  const isImplied = env.AZURE_KEY_VAULT_URL && env.AZURE_SQL_USERNAME;
  return env[PASSWORD] || (isImplied ? PASSWORD_REFERENCE : undefined);
}

/** As `busUrlOf` and the server's `resourcesOf` decide; only a process that reads `DATABASE_URL` has a store. */
function isSqlMeant(env: Environment, names: readonly string[]): boolean {
  if (!env.AZURE_SQL_SERVER) return false;
  const isBusNamed = Boolean(env.BUS_URL || env.RABBITMQ_HOST);
  if (env.AGENT_COMMUNICATION_MODE === "sql" && !isBusNamed) return true;
  const isInMemory = env.AGENT_COMMUNICATION_MODE === "mock" && !isBusNamed;
  return names.includes(STORE) && !env[STORE] && !isInMemory;
}
