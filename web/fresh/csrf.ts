// The middleware that refuses changes asked for by other sites.
import type { Context } from "./context.ts";
import type { Middleware } from "./handlers.ts";
import { HttpError } from "./http_error.ts";

export interface CsrfOptions<State = unknown> {
  /** Whose requests are taken; the server's own origin unless told. */
  origin?:
    | string
    | string[]
    | ((origin: string, ctx: Context<State>) => boolean);
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Ends with `HttpError` 403 what a browser sends from a foreign origin, unless the method is GET, HEAD or OPTIONS. */
export function csrf<State>(options: CsrfOptions<State> = {}): Middleware<State> {
  return async (ctx) => {
    if (SAFE.has(ctx.req.method) || isTrusted(ctx, options)) {
      return await ctx.next();
    }
    throw new HttpError(403);
  };
}

function isTrusted<State>(ctx: Context<State>, options: CsrfOptions<State>): boolean {
  const site = ctx.req.headers.get("sec-fetch-site");
  const origin = ctx.req.headers.get("origin");
  if (site === "same-origin" || site === "none") return true;
  if (origin === null) return site === null; // neither header: not a browser
  return isAllowed(origin, ctx, options.origin ?? ctx.url.origin);
}

function isAllowed<State>(
  origin: string,
  ctx: Context<State>,
  allowed: NonNullable<CsrfOptions<State>["origin"]>,
): boolean {
  if (typeof allowed === "function") return allowed(origin, ctx);
  return typeof allowed === "string" ? origin === allowed : allowed.includes(origin);
}
