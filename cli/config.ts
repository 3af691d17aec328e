/** Where the command line finds the server, and what it shows it. */
import { z } from "zod";
import { parseConfig, websocketShape, websocketUrlOf } from "../shared/config.ts";
import { UsageError } from "./fault.ts";

/** Describes the variables that the command line reads. */
export const cliSchema = z.object({
  PARLEY_API_URL: z.url({ protocol: /^https?$/, error: "Allowed is an http:// or https:// URL." }).optional(),
  PARLEY_TOKEN: z.string().optional(),
  ...websocketShape,
});

/** Names the variables that the command line reads. */
export const CLI_VARIABLES: readonly string[] = Object.keys(cliSchema.shape);

/** The server's two addresses, without a slash at the end, and the token to show. */
export interface CliConfig {
  /** Such as `http://localhost:8765`. */
  apiUrl: string;
  /** Such as `ws://localhost:8765/ws`. */
  socketUrl: string;
  token: string | undefined;
}

/**
 * Decides which server is meant: `--server`, or `PARLEY_API_URL`, or `WEBSOCKET_URL`, or where this machine's server
 * listens. Throws `ConfigError` for a variable and `UsageError` for an option that is no address.
 */
export function parseCliConfig(
  options: { server?: string | undefined; token?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): CliConfig {
  const variables = parseConfig(cliSchema, env);
  const { PARLEY_API_URL: api, WEBSOCKET_URL: socket } = variables;
  const token = options.token ?? variables.PARLEY_TOKEN;
  if (options.server !== undefined) return { ...addressesOf(serverUrl(options.server)), token };
  if (api) {
    return { ...addressesOf(new URL(api)), ...(socket ? { socketUrl: socketUrlOf(socket) } : {}), token };
  }
  return { ...addressesOf(new URL(socketUrlOf(websocketUrlOf(variables)))), token };
}

/** Takes `localhost:8765` too, and the WebSocket's address. */
function serverUrl(text: string): URL {
  const url = URL.parse(/^\w+:\/\//.test(text) ? text : `http://${text}`);
  if (url && /^(https?|wss?):$/.test(url.protocol) && url.hostname) return url;
  throw new UsageError(`--server: '${text}' is no address. Write http://HOST:PORT.`);
}

function socketUrlOf(text: string): string {
  const url = new URL(text);
  if (url.pathname === "/") url.pathname = "/ws";
  return url.href;
}

function addressesOf({ protocol, host, pathname }: URL): { apiUrl: string; socketUrl: string } {
  const path = pathname.replace(/\/(ws)?$/, "");
  const isSecure = protocol === "https:" || protocol === "wss:";
  return {
    apiUrl: `${isSecure ? "https" : "http"}://${host}${path}`,
    socketUrl: `${isSecure ? "wss" : "ws"}://${host}${path}/ws`,
  };
}
