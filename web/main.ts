/** Runs the dashboard. */
import { Builder } from "fresh/dev";
import workspace from "../deno.json" with { type: "json" };
import { ConfigError } from "../shared/config.ts";
import { readEnvironment } from "../shared/environment.ts";
import { logOf, setUpLog } from "../shared/log.ts";
import { atMost } from "../shared/pause.ts";
import { untilSignal } from "../shared/shutdown.ts";
import { createApp } from "./app.ts";
import { parseWebConfig, WEB_VARIABLES, type WebConfig } from "./config.ts";
import { ServerApi } from "./lib/server/server_api.ts";
import { SocketProxy } from "./lib/server/socket_proxy.ts";

const HELP = `Usage: deno task start:web

Serves the dashboard at http://localhost:8000. It needs the server, in whichever order both are started.

  WEB_PORT (8000), WEB_HOST (127.0.0.1)                where the dashboard is
  WEBSOCKET_URL, or WEBSOCKET_HOST and WEBSOCKET_PORT  where the server is; else ws://localhost:PORT/ws (8765)
  LOG_LEVEL (info), LOG_FORMAT (auto)                  what is logged, and how

  --help, -h     this text
  --version, -V  the version`;

/** How long pages' requests may take to end once the process is asked to, in milliseconds. */
const GRACE_MS = 5_000;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) return print(HELP);
  if (args.includes("--version") || args.includes("-V")) return print(workspace.version);
  try {
    if (args.length > 0) throw new ConfigError(`Unknown argument "${args[0]}". Try --help.`);
    return await run(parseWebConfig(await readEnvironment({ variables: WEB_VARIABLES })));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    return 2;
  }
}

async function run(config: WebConfig): Promise<number> {
  await setUpLog({ level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  const log = logOf("web");
  const ended = untilSignal();
  const sockets = new SocketProxy(config.socketUrl);
  const app = createApp({ api: new ServerApi(config.apiUrl), sockets, hostname: config.WEB_HOST });
  const apply = await new Builder({ root: import.meta.dirname! }).build({ snapshot: "memory" });
  apply(app);
  const server = serve(config, app.handler());
  log.info("The dashboard is at {url}; its server is {server}", {
    url: `http://${shown(config.WEB_HOST)}:${config.WEB_PORT}`,
    server: config.socketUrl.href,
  });
  log.info("Ending, because of {signal}", { signal: await ended });
  sockets.close();
  await atMost(GRACE_MS, server.shutdown());
  return 0;
}

function serve({ WEB_HOST, WEB_PORT }: WebConfig, handler: Deno.ServeHandler): Deno.HttpServer {
  try {
    const options = { hostname: WEB_HOST, port: WEB_PORT, onListen: () => {}, automaticCompression: true };
    return Deno.serve(options, handler);
  } catch (error) {
    throw new ConfigError(reason(error, WEB_HOST, WEB_PORT), { cause: error });
  }
}

function reason(error: unknown, host: string, port: number): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return `WEB_PORT: port ${port} is in use. Stop what uses it, or set WEB_PORT to another.`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `WEB_PORT: port ${port} needs more rights than this process has. Set WEB_PORT to one above 1023.`;
  }
  return `WEB_HOST: "${host}" cannot be bound to: ${error instanceof Error ? error.message : error}`;
}

function shown(host: string): string {
  if (host === "127.0.0.1" || host === "0.0.0.0") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function print(text: string): number {
  console.log(text);
  return 0;
}
