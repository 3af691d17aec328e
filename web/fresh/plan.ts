// Turns what was registered on an app, in its order, into a chain of functions for each route.
import { type Context, INTERNAL } from "./context.ts";
import { errorResponse, HttpError } from "./http_error.ts";
import type { LayoutConfig, Method, Middleware, Route, RouteComponent, RouteConfig } from "./handlers.ts";
import { renderRoute } from "./render_route.ts";
import { METHODS, Router } from "./router.ts";

/** What applies to every route below a path. */
interface Frame<State> {
  middlewares: Middleware<State>[];
  app?: RouteComponent<State>;
  layout?: { component: RouteComponent<State>; config: LayoutConfig };
  error?: Route<State>;
}

/** Collects routes and what applies to them. Order matters: a middleware applies to the routes that come after it. */
export class Plan<State> {
  readonly router = new Router<Middleware<State>>();
  readonly #frames = new Map<string, Frame<State>>([["", { middlewares: [] }]]);
  #notFound: Middleware<State> | null = null;

  use(scope: string, middlewares: Middleware<State>[]): void {
    this.#frame(scope).middlewares.push(...middlewares);
  }

  appWrapper(component: RouteComponent<State>): void {
    this.#frame("").app = component;
  }

  layout(scope: string, component: RouteComponent<State>, config: LayoutConfig = {}): void {
    this.#frame(scope).layout = { component, config };
  }

  onError(scope: string, route: Route<State>): void {
    this.#frame(scope).error = route;
  }

  notFound(route: Route<State>): void {
    this.#notFound = (ctx) => renderRoute(ctx, route, 404);
  }

  handle(methods: readonly Method[], pattern: string, middlewares: Middleware<State>[]): void {
    const chain = compose([...this.#chain(pattern), ...middlewares]);
    for (const method of methods) {
      this.router.add(method, routePattern(pattern), chain);
    }
  }

  /** Adds a page or handler. `scope` says which frames apply, `pattern` at which address it is. */
  route(scope: string, pattern: string, route: Route<State>, config?: RouteConfig): void {
    const chain = compose([...this.#chain(scope), (ctx) => renderRoute(ctx, route)]);
    const address = route.config?.routeOverride ?? config?.routeOverride ??
      pattern;
    for (const method of routeMethods(route)) {
      this.router.add(method, routePattern(address), chain);
    }
  }

  /** Returns what handles a request that no route takes. */
  fallback(): Middleware<State> {
    return compose(this.#chain(""));
  }

  #frame(scope: string): Frame<State> {
    const key = scopes(scope).at(-1)!;
    const frame = this.#frames.get(key) ?? { middlewares: [] };
    this.#frames.set(key, frame);
    return frame;
  }

  #chain(scope: string): Middleware<State>[] {
    const frames = scopes(scope).flatMap((key) => this.#frames.get(key) ?? []);
    return frames.flatMap((frame, index) => {
      const guard = this.#guard({ ...frame }, index === 0);
      return [within(frame), guard, ...frame.middlewares.flatMap((middleware) => [middleware, guard])];
    });
  }

  /**
   * Turns what is thrown into the frame's error page. It stands before and after each middleware, so that those which
   * did not throw apply to the error page as to any other; a page that fails itself is not asked again.
   */
  #guard(frame: Frame<State>, isRoot: boolean): Middleware<State> {
    const asked = new WeakSet<Context<State>>();
    return async (ctx) => {
      const { app, layouts } = ctx[INTERNAL];
      try {
        return await ctx.next();
      } catch (error) {
        Object.assign(ctx[INTERNAL], { app, layouts });
        ctx.error = error;
        const status = error instanceof HttpError ? error.status : 500;
        if (!asked.has(ctx)) {
          asked.add(ctx);
          if (status === 404 && this.#notFound) return await this.#notFound(ctx);
          if (frame.error) return await renderRoute(ctx, frame.error, status);
        }
        if (isRoot) return errorResponse(error);
        throw error;
      }
    };
  }
}

/** Puts a frame's wrappers around what is rendered within it. */
function within<State>(entered: Frame<State>): Middleware<State> {
  const frame = { ...entered };
  return async (ctx) => {
    const internal = ctx[INTERNAL];
    const { app, layouts } = internal;
    enter(ctx, frame);
    try {
      return await ctx.next();
    } finally {
      Object.assign(internal, { app, layouts });
    }
  };
}

function enter<State>(ctx: Context<State>, { app, layout }: Frame<State>): void {
  const internal = ctx[INTERNAL];
  if (app) internal.app = app;
  if (!layout) return;
  if (layout.config.skipAppWrapper) internal.app = null;
  const inherited = layout.config.skipInheritedLayouts ? [] : internal.layouts;
  internal.layouts = [...inherited, layout.component];
}

/** Lists the scopes that `path` is in, outermost first: `/a/b` is in ``, `/a` and `/a/b`. */
export function scopes(path: string): string[] {
  const parts = path.replace(/\{[^}]*\}\??/g, "").split("/").filter((part) => part !== "" && part !== "*");
  return ["", ...parts.map((_, index) => "/" + parts.slice(0, index + 1).join("/"))];
}

/** Joins middlewares into one; `ctx.next()` in the last calls what was `ctx.next` before. */
export function compose<State>(middlewares: Middleware<State>[]): Middleware<State> {
  return (ctx) => {
    const last = ctx.next;
    const run = async (index: number): Promise<Response> => {
      const middleware = middlewares[index];
      ctx.next = middleware ? () => run(index + 1) : last;
      return await (middleware ? middleware(ctx) : last());
    };
    return run(0);
  };
}

function routeMethods<State>({ handler, component }: Route<State>): readonly Method[] {
  if (typeof handler !== "object") return METHODS;
  const methods = Object.keys(handler) as Method[];
  return component && !handler.GET ? ["GET", ...methods] : methods;
}

function routePattern(pattern: string): string {
  return pattern === "*" || pattern === "" ? "/*" : pattern;
}
