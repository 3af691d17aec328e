/** Serves the dashboard while it is worked on: nothing is cached, and `deno run --watch -A web/dev.ts` starts it anew. */
import { Builder } from "fresh/dev";
import { readEnvironment } from "../shared/environment.ts";
import { setUpLog } from "../shared/log.ts";
import { createApp } from "./app.ts";
import { parseWebConfig, WEB_VARIABLES } from "./config.ts";
import { ServerApi } from "./lib/server/server_api.ts";
import { SocketProxy } from "./lib/server/socket_proxy.ts";

const HELP = `Usage: deno run -A web/dev.ts [build]

Serves the dashboard for work on it. With "build" it only makes the browser's code, in web/_fresh, and ends.

  --help, -h  this text`;

if (import.meta.main) await main(Deno.args);

async function main([argument, ...more]: string[]): Promise<void> {
  if (argument === "--help" || argument === "-h") return console.log(HELP);
  const builder = new Builder({ root: import.meta.dirname! });
  if (argument === undefined) return await serve(builder);
  if (argument === "build" && more.length === 0) return void await builder.build({ snapshot: "memory" });
  console.error(`Unknown argument "${more[0] ?? argument}". Try --help.`);
  Deno.exitCode = 2;
}

async function serve(builder: Builder): Promise<void> {
  const config = parseWebConfig(await readEnvironment({ variables: WEB_VARIABLES }));
  await setUpLog({ level: "debug", format: config.LOG_FORMAT });
  const sockets = new SocketProxy(config.socketUrl);
  const options = { api: new ServerApi(config.apiUrl), sockets, hostname: config.WEB_HOST };
  await builder.listen(
    () => Promise.resolve(createApp(options)),
    { hostname: config.WEB_HOST, port: config.WEB_PORT },
  );
}
