/** Which host, port and instance the name of a server means: `tcp:HOST\INSTANCE,PORT` and its shorter forms. */
import { ConfigError } from "../config_error.ts";

/** Where a server is. Without a port it is 1433, or what the host's browser service says of the instance. */
export interface MssqlPlace {
  server: string;
  port?: string;
  instance?: string;
}

const FORM = "The server is not one that can be reached: allowed are HOST, tcp:HOST,1433 and HOST\\INSTANCE.";

/** A host's name has 253 characters at most, an instance's 16. */
const LONGEST = 300;

/**
 * Reads the name of a server; `given` is what stands elsewhere. A port counts before an instance, as in other drivers.
 * Throws `ConfigError` for a name that is none, a port outside 1 to 65535, or two that differ.
 */
export function placeOf(name: string, given: { port?: string; instance?: string }): MssqlPlace {
  if (name.length > LONGEST) throw new ConfigError(FORM);
  const [, host = "", ownInstance, ownPort] =
    /^(?:tcp:)?\s*(.*?)(?:\\([^\\,]+))?(?:\s*,\s*(\d+))?$/is.exec(name) ?? [];
  const { server, port: colonPort } = splitAtColon(host);
  const ports = new Set(
    [ownPort, colonPort, given.port].filter((port) => port !== undefined).map(requirePort),
  );
  if (ports.size > 1) throw new ConfigError("It names two ports that differ.");
  const [port] = ports;
  if (port !== undefined) return { server: requireHost(server), port };
  const instance = ownInstance ?? given.instance;
  return { server: requireHost(server), ...(instance === undefined ? {} : { instance }) };
}

/** `HOST:PORT` is what people write who come from elsewhere; more than one colon is an address of IPv6. */
function splitAtColon(host: string): { server: string; port?: string } {
  const [, server, port] = /^([^:]+|\[[\da-f:.]+\]):(\d+)$/i.exec(host) ?? [];
  return server === undefined ? { server: host } : { server, port };
}

function requireHost(text: string): string {
  if (/^(\.|\(local\))$/i.test(text)) return "localhost";
  const bare = text.replace(/^\[(.*)\]$/, "$1");
  if (/^[a-z\d_]([a-z\d._-]*[a-z\d_.])?$/i.test(bare)) return bare;
  if (bare.includes(":") && URL.canParse(`http://[${bare}]/`)) return bare;
  throw new ConfigError(FORM);
}

function requirePort(text: string): string {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65535) return String(port);
  throw new ConfigError("The server's port is not one of 1 to 65535.");
}
