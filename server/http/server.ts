/** The port that WebSocket and HTTP share: one listener, each request checked for its origin before anything else. */
import type { MessageBus } from "../../shared/bus/bus.ts";
import { ConfigError } from "../../shared/config.ts";
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { atMost } from "../../shared/pause.ts";
import type { Store } from "../../shared/store/store.ts";
import type { Authorize } from "../authorize.ts";
import type { CommandCenter } from "../command/center.ts";
import type { TaskCenter } from "../task/center.ts";
import type { ServerConfig } from "../config.ts";
import type { Control } from "../control/control.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { Backend } from "../figures/backends.ts";
import type { RecentErrors } from "../figures/recent_errors.ts";
import type { Sampler } from "../figures/sampler.ts";
import type { Health } from "../health.ts";
import type { Metrics } from "../metrics.ts";
import type { Roster } from "../roster.ts";
import type { WebSocketEdge } from "../ws/edge.ts";
import { type OriginRules, refusalOf } from "../ws/origin.ts";
import { createApp } from "./app.ts";
import { problem } from "./problem.ts";

/** How long closing waits for requests in flight, in milliseconds. */
const FINISH_MS = 2_000;

const log = logOf("server", "http");

export interface HttpOptions {
  config: ServerConfig;
  serverId: string;
  version: string;
  store: Store;
  bus: MessageBus;
  roster: Roster;
  delivery: Delivery;
  control: Control;
  center: CommandCenter;
  tasks: TaskCenter;
  authorize: Authorize;
  health: Health;
  metrics: Metrics;
  /** When this server was started. */
  startedAt: string;
  backends: { bus: Backend; store: Backend };
  sampler: Pick<Sampler, "points">;
  errors: Pick<RecentErrors, "list">;
  edge: WebSocketEdge;
  /** Aborts when the server is going down: nobody is kept waiting. */
  closing: AbortSignal;
}

/** Disposing waits for requests in flight, at most 2 s: one whose body never ends would keep the rest from closing. */
export interface HttpServer extends AsyncDisposable {
  readonly port: number;
}

/** Binds the port. Throws `ConfigError` naming PORT when it cannot be bound. */
export function startHttpServer(options: Omit<HttpOptions, "closing">): HttpServer {
  const { config, edge } = options;
  const closing = new AbortController();
  const app = createApp({ ...options, closing: closing.signal });
  const rules: OriginRules = { hostname: config.HOST, allowed: config.ALLOWED_ORIGINS };
  const handle = (request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>) => {
    const refusal = refusalOf(request.headers, rules);
    if (refusal) return problem(new ParleyError("forbidden", refusal));
    if (isUpgrade(request)) return edge.upgrade(request);
    return app.fetch(request, { remote: info.remoteAddr.hostname });
  };
  const server = listen(config, handle);
  return {
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      closing.abort();
      if (await atMost(FINISH_MS, server.shutdown())) return;
      log.warning("Requests that are still being sent are not waited for");
    },
  };
}

function listen(
  { HOST: hostname, PORT: port }: ServerConfig,
  handle: Deno.ServeHandler<Deno.NetAddr>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname, port, onListen: () => {}, onError }, handle);
  } catch (cause) {
    const way = "Stop what listens there, or set PORT (and HOST) to what is free.";
    throw new ConfigError(`HTTP cannot listen on ${hostname}:${port}: ${(cause as Error).message}. ${way}`, {
      cause,
    });
  }
}

function onError(cause: unknown): Response {
  log.error("A request failed: {cause}", { cause });
  return problem(ParleyError.from(cause));
}

function isUpgrade(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket" &&
    new URL(request.url).pathname === "/ws";
}
