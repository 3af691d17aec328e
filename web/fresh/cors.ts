// The middleware that lets pages of other origins read responses.
import type { Context } from "./context.ts";
import type { Middleware } from "./handlers.ts";

export interface CORSOptions<State> {
  /** Who may read; a function returns the origin to allow, or nothing. */
  origin:
    | string
    | string[]
    | ((origin: string, ctx: Context<State>) => string | undefined | null);
  allowMethods?: string[];
  allowHeaders?: string[];
  /** How long a browser may remember the answer, in seconds. */
  maxAge?: number;
  credentials?: boolean;
  exposeHeaders?: string[];
}

const METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];

/** Answers preflight requests, and marks every other response with who may read it: anyone, unless told. */
export function cors<State>(options: CORSOptions<State> = { origin: "*" }): Middleware<State> {
  return async (ctx) => {
    const isPreflight = ctx.req.method === "OPTIONS";
    const response = isPreflight ? preflight(ctx, options) : await ctx.next();
    const origin = allowedOrigin(ctx, options.origin);
    const { headers } = response;
    if (origin) headers.set("access-control-allow-origin", origin);
    if (options.origin !== "*") headers.append("vary", "Origin");
    if (options.credentials) {
      headers.set("access-control-allow-credentials", "true");
    }
    if (options.exposeHeaders?.length) {
      headers.set("access-control-expose-headers", options.exposeHeaders.join(","));
    }
    return response;
  };
}

function allowedOrigin<State>(ctx: Context<State>, allowed: CORSOptions<State>["origin"]): string | null {
  const origin = ctx.req.headers.get("origin") ?? "";
  if (typeof allowed === "function") return allowed(origin, ctx) ?? null;
  if (allowed === "*") return "*";
  return [allowed].flat().includes(origin) ? origin : null;
}

function preflight<State>(ctx: Context<State>, options: CORSOptions<State>): Response {
  const headers = new Headers({
    "access-control-allow-methods": (options.allowMethods ?? METHODS).join(","),
  });
  const asked = ctx.req.headers.get("access-control-request-headers");
  const allowed = options.allowHeaders?.length ? options.allowHeaders.join(",") : asked;
  if (allowed) headers.set("access-control-allow-headers", allowed);
  if (allowed && allowed === asked) {
    headers.append("vary", "Access-Control-Request-Headers");
  }
  if (options.maxAge !== undefined) {
    headers.set("access-control-max-age", String(options.maxAge));
  }
  return new Response(null, { status: 204, headers });
}
