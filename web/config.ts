/** The dashboard's configuration: every variable it reads, its default and what is allowed. */
import { z } from "zod";
import {
  commonShape,
  ConfigError,
  flag,
  parseConfig,
  port,
  websocketShape,
  websocketUrlOf,
} from "../shared/config.ts";
import { isLoopback } from "./lib/server/origin.ts";

const CANNOT_GO_FURTHER = "WEB_HOST: beyond this machine the dashboard would let anybody in. " +
  "Use 127.0.0.1, or set PARLEY_ALLOW_INSECURE=1 when something in front of it checks who comes in.";

export const webConfigSchema = z.object({
  ...commonShape,
  WEB_HOST: z.string().default("127.0.0.1"),
  WEB_PORT: port(8000),
  ...websocketShape,
  PARLEY_ALLOW_INSECURE: flag(false),
});

type WebVariables = z.infer<typeof webConfigSchema>;

/** Names the variables that the dashboard reads. */
export const WEB_VARIABLES: readonly string[] = Object.keys(webConfigSchema.shape);

/** What the dashboard is told from outside, with the server's addresses worked out. */
export interface WebConfig extends WebVariables {
  /** Where the server takes WebSockets, such as `ws://localhost:8765/ws`. */
  socketUrl: URL;
  /** Where the server answers HTTP, such as `http://localhost:8765/`. */
  apiUrl: URL;
}

/** Parses the configuration. Throws `ConfigError` that lists every fault. */
export function parseWebConfig(env: Readonly<Record<string, string | undefined>>): WebConfig {
  const config = parseConfig(webConfigSchema, env);
  if (!isLoopback(config.WEB_HOST) && !config.PARLEY_ALLOW_INSECURE) throw new ConfigError(CANNOT_GO_FURTHER);
  const socketUrl = socketUrlOf(config);
  return { ...config, socketUrl, apiUrl: apiUrlOf(socketUrl) };
}

/** `WEBSOCKET_URL` counts first; without a port of its own, the server's is the `PORT` that it is started with. */
function socketUrlOf(config: WebVariables): URL {
  const url = new URL(websocketUrlOf(config));
  if (url.pathname === "/") url.pathname = "/ws";
  return url;
}

function apiUrlOf(socketUrl: URL): URL {
  const url = new URL("./", socketUrl);
  url.protocol = socketUrl.protocol === "wss:" ? "https:" : "http:";
  return url;
}
