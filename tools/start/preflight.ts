/** Looks, before anything is started, for what would keep a part from starting: bad variables, ports and data that others hold. */
import { AGENT_VARIABLES, parseAgentConfig } from "../../agent/config.ts";
import { BROKER_VARIABLES, parseBrokerConfig } from "../../broker/config.ts";
import { parseServerConfig, resourcesOf, SERVER_VARIABLES } from "../../server/config.ts";
import { openBus } from "../../shared/bus/open.ts";
import { ConfigError } from "../../shared/config.ts";
import { ParleyError } from "../../shared/error.ts";
import { openStore } from "../../shared/store/open.ts";
import { parseWebConfig, WEB_VARIABLES } from "../../web/config.ts";

/** Names the variables that the processes read. */
export const VARIABLES: readonly string[] = [
  ...new Set([...SERVER_VARIABLES, ...BROKER_VARIABLES, ...AGENT_VARIABLES, ...WEB_VARIABLES]),
];

type Environment = Readonly<Record<string, string>>;

/** Throws `ConfigError` that lists the faults of all processes' variables, each once. */
export function checkVariables(env: Environment): void {
  const readers = [
    () => parseServerConfig(env),
    () => parseBrokerConfig(env),
    () => parseAgentConfig({ kind: "guide" }, env),
    () => parseWebConfig(env),
  ];
  const faults = new Set(readers.flatMap(faultsOf));
  if (faults.size > 0) throw new ConfigError([...faults].join("\n"));
}

function faultsOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
}

/** Throws `ConfigError` that names each port that cannot be listened on because something does so already. */
export function checkPorts(env: Environment): void {
  // All are held until the last one is looked at, so that a port that is given twice is found too.
  const held: Deno.Listener[] = [];
  try {
    const taken = placesOf(env).filter((place) => !hold(place, held));
    if (taken.length > 0) throw new ConfigError(taken.map(sentence).join("\n"));
  } finally {
    held.forEach((listener) => listener.close());
  }
}

/**
 * Opens the bus and the store as the server will, and closes them again. Throws `ConfigError` that says of each what
 * keeps it from being opened: a URL that names none, a place that cannot be written, another owner.
 */
export async function checkData(env: Environment): Promise<void> {
  const { busUrl, storeUrl } = resourcesOf(parseServerConfig(env));
  const faults = [await faultOfOpening(() => openStore(storeUrl))];
  // The server waits for a service that is away, so it may be away now.
  if (!/^(amqps?|rediss?|postgres(ql)?|mssql):\/\//.test(busUrl)) {
    faults.push(await faultOfOpening(() => openBus(busUrl)));
  }
  const said = faults.filter((fault) => fault !== undefined);
  if (said.length > 0) throw new ConfigError(said.join("\n"));
}

async function faultOfOpening(open: () => Promise<AsyncDisposable>): Promise<string | undefined> {
  try {
    await using _opened = await open();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof ParleyError) return error.message;
    throw error;
  }
}

interface Place {
  name: string;
  hostname: string;
  port: number;
}

function placesOf(env: Environment): Place[] {
  const { HOST, PORT, GRPC_PORT } = parseServerConfig(env);
  const { WEB_HOST, WEB_PORT } = parseWebConfig(env);
  return [
    { name: "PORT", hostname: HOST, port: PORT },
    { name: "GRPC_PORT", hostname: HOST, port: GRPC_PORT },
    { name: "WEB_PORT", hostname: WEB_HOST, port: WEB_PORT },
  ];
}

/** Tells whether the port is free. What else may be wrong with an address, its own process says best. */
function hold({ hostname, port }: Place, held: Deno.Listener[]): boolean {
  try {
    held.push(Deno.listen({ hostname, port }));
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.AddrInUse);
  }
}

function sentence({ name, port }: Place): string {
  return `${name}: port ${port} is in use. Stop what uses it (another Parley?), or set ${name} to another.`;
}
