// The app: what routes and middlewares are registered on, and what serves them.
import {
  Context,
  type FreshConfig,
  type ResolvedFreshConfig,
  type WebSocketHandlers,
  type WebSocketUpgradeOptions,
} from "./context.ts";
import { installRoutes } from "./file_routes.ts";
import type { LayoutConfig, Method, Middleware, Route, RouteComponent, RouteConfig } from "./handlers.ts";
import { errorResponse, HttpError } from "./http_error.ts";
import { Plan } from "./plan.ts";
import { type Match, METHODS } from "./router.ts";
import { type Snapshot, snapshotOf } from "./snapshot.ts";

export type ListenOptions =
  & Partial<Deno.ServeTcpOptions & Deno.TlsCertifiedKeyPem>
  & { remoteAddress?: string };

const UNKNOWN_PEER: Deno.ServeHandlerInfo<Deno.NetAddr> = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 0 },
  completed: Promise.resolve(),
};

/**
 * Collects middlewares and routes, in the order in which they apply, and serves them.
 *
 * @example
 * ```ts
 * const app = new App().use(staticFiles()).get("/hello", (ctx) => ctx.text("Hello")).fsRoutes();
 * await app.listen({ port: 8000 });
 * ```
 */
export class App<State> {
  readonly config: ResolvedFreshConfig;
  readonly #steps: ((plan: Plan<State>, snapshot: Snapshot | null) => void)[] = [];

  constructor(config: FreshConfig = {}) {
    this.config = {
      root: ".",
      basePath: "",
      mode: "production",
      trustProxy: false,
      ...config,
    };
  }

  /** Adds middlewares, for everything or for what is below a path. */
  use(...middlewares: Middleware<State>[]): this;
  use(path: string, ...middlewares: Middleware<State>[]): this;
  use(first: string | Middleware<State>, ...rest: Middleware<State>[]): this {
    if (typeof first === "string") {
      return this.#step((plan) => plan.use(first, rest));
    }
    return this.#step((plan) => plan.use("*", [first, ...rest]));
  }

  /** Sets what answers when nothing was found, wherever that was. */
  notFound(route: Route<State> | Middleware<State>): this {
    return this.#step((plan) => plan.notFound(asRoute(route)));
  }

  /** Sets what answers when something below `path` throws; the nearest one is asked. */
  onError(path: string, route: Route<State> | Middleware<State>): this {
    return this.#step((plan) => plan.onError(path, asRoute(route)));
  }

  /** Sets the component that holds the whole document. */
  appWrapper(component: RouteComponent<State>): this {
    return this.#step((plan) => plan.appWrapper(component));
  }

  layout(path: string, component: RouteComponent<State>, config?: LayoutConfig): this {
    return this.#step((plan) => plan.layout(path, component, config));
  }

  route(path: string, route: Route<State>, config?: RouteConfig): this {
    return this.#step((plan) => plan.route(path, path, route, config));
  }

  get(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["GET"], path, middlewares);
  }

  post(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["POST"], path, middlewares);
  }

  put(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["PUT"], path, middlewares);
  }

  patch(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["PATCH"], path, middlewares);
  }

  delete(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["DELETE"], path, middlewares);
  }

  head(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(["HEAD"], path, middlewares);
  }

  all(path: string, ...middlewares: Middleware<State>[]): this {
    return this.#handle(METHODS, path, middlewares);
  }

  /** Serves WebSockets at `path`. */
  ws(path: string, handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): this {
    return this.get(path, (ctx) => ctx.upgrade(handlers, options));
  }

  /** Puts the routes of the build's route files here. */
  fsRoutes(): this {
    return this.#step((plan, snapshot) => installRoutes(plan, snapshot?.routes ?? []));
  }

  /** Returns the function that answers requests, for `Deno.serve` and for tests. */
  handler(): (req: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const snapshot = snapshotOf(this);
    const plan = new Plan<State>();
    for (const step of this.#steps) step(plan, snapshot);
    const fallback = plan.fallback();
    return async (req, info = UNKNOWN_PEER) => {
      try {
        const url = requestUrl(req, this.config.trustProxy);
        const path = withoutBase(url.pathname, this.config.basePath);
        const match = matched(() => plan.router.match(req.method, path));
        const { pattern: route, params } = match;
        const parts = {
          req,
          url,
          info,
          route,
          params,
          config: this.config,
          snapshot,
          next: () => match.error ? Promise.reject(match.error) : unhandled(req, match),
        };
        const response = await (match.item ?? fallback)(new Context<State>(parts));
        return req.method === "HEAD" ? await withoutBody(response) : response;
      } catch (error) {
        return errorResponse(error);
      }
    };
  }

  /** Serves the app. Resolves once it listens: at `port`, or without one at the first free port from 8000 to 8019. */
  listen(options: ListenOptions = {}): Promise<void> {
    const handler = this.handler();
    const ports = options.port ? [options.port] : Array.from({ length: 20 }, (_, index) => 8000 + index);
    return Promise.try(() => {
      for (const port of ports) {
        try {
          return void Deno.serve({ ...options, port }, handler);
        } catch (error) {
          if (!(error instanceof Deno.errors.AddrInUse) || port === ports.at(-1)) throw error;
        }
      }
    });
  }

  #handle(methods: readonly Method[], path: string, middlewares: Middleware<State>[]): this {
    return this.#step((plan) => plan.handle(methods, path, middlewares));
  }

  #step(step: (plan: Plan<State>, snapshot: Snapshot | null) => void): this {
    this.#steps.push(step);
    return this;
  }
}

function asRoute<State>(route: Route<State> | Middleware<State>): Route<State> {
  return typeof route === "function" ? { handler: route } : route;
}

function requestUrl(req: Request, trustProxy: boolean): URL {
  const url = new URL(req.url);
  url.pathname = url.pathname.replace(/\/{2,}/g, "/");
  if (!trustProxy) return url;
  const proto = req.headers.get("x-forwarded-proto");
  const host = req.headers.get("x-forwarded-host");
  if (proto) url.protocol = proto + ":";
  if (host) url.host = host;
  return url;
}

/** Returns the path below `basePath`; one outside it becomes a path that no route has. */
export function withoutBase(pathname: string, basePath: string): string {
  if (!basePath) return pathname;
  if (pathname === basePath) return "/";
  return pathname.startsWith(basePath + "/") ? pathname.slice(basePath.length) : "";
}

/** Keeps what `find` throws for the middlewares' sake: they apply to that answer too. */
function matched<T>(find: () => Match<T>): Match<T> & { error?: unknown } {
  try {
    return find();
  } catch (error) {
    return { pattern: null, params: {}, item: null, allowed: [], error };
  }
}

function unhandled(req: Request, { pattern, item, allowed }: Match<unknown>): Promise<Response> {
  if (pattern === null || item) return Promise.reject(new HttpError(404));
  if (req.method !== "OPTIONS") return Promise.reject(new HttpError(405));
  return Promise.resolve(new Response(null, { status: 204, headers: { allow: allowed.join(", ") } }));
}

async function withoutBody(response: Response): Promise<Response> {
  await response.body?.cancel();
  return new Response(null, response);
}
