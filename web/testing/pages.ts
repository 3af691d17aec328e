/** The dashboard as tests of its first paint ask it: the whole app, built once a file, in front of a server of theirs. */
import { fileURLToPath } from "node:url";
import { Builder } from "fresh/dev";
import { createApp } from "../app.ts";
import { ServerApi } from "../lib/server/server_api.ts";
import { SocketProxy } from "../lib/server/socket_proxy.ts";

const outDir = await Deno.makeTempDir({ prefix: "parley-web-pages-" });
globalThis.addEventListener("unload", () => Deno.removeSync(outDir, { recursive: true }));
const root = fileURLToPath(new URL("..", import.meta.url));
const apply = await new Builder({ root, outDir }).build({ snapshot: "memory" });

export type Ask = (path: string, init?: RequestInit) => Promise<Response>;

/** Hands over the way to ask for pages, in front of `server`, or of nobody at `port`. */
export async function withPages(
  server: (req: Request) => Response | Promise<Response>,
  check: (ask: Ask) => Promise<void>,
  port?: number,
): Promise<void> {
  await using upstream = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, server);
  const base = new URL(`http://127.0.0.1:${port ?? upstream.addr.port}/`);
  const app = createApp({
    api: new ServerApi(base),
    sockets: new SocketProxy(new URL(`ws://${base.host}/ws`)),
    hostname: "127.0.0.1",
  });
  apply(app);
  const handler = app.handler();
  await check((path, init) => {
    const headers = { host: "localhost", ...init?.headers as Record<string, string> };
    return handler(new Request(`http://localhost${path}`, { ...init, headers }));
  });
}
