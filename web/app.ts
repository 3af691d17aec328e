/** The dashboard as a Fresh app: what applies to every request, and then the route files. */
import { App, csp, csrf, HttpError, staticFiles } from "fresh";
import type { State } from "./define.ts";
import { isOwnHost, isSameOrigin } from "./lib/server/origin.ts";
import { languageFor } from "./lib/texts/languages.ts";

export interface AppOptions extends Omit<State, "language"> {
  /** What the process is bound to; on loopback, foreign host names are refused. */
  hostname: string;
}

/** 'unsafe-inline' stands where `useNonce` puts the nonce of a page; no inline script or style runs without it. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'none'",
  "worker-src 'none'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

const HEADERS = {
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Makes the app. */
export function createApp({ api, sockets, hostname }: AppOptions): App<State> {
  return new App<State>()
    .use(csp({ useNonce: true, csp: POLICY }))
    .use(async (ctx) => {
      Object.assign(ctx.state, { api, sockets, language: languageFor(ctx.req.headers) });
      const response = await ctx.next();
      if (response.status === 101) return response;
      for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
      if (!response.headers.has("cache-control")) response.headers.set("cache-control", "no-store");
      return response;
    })
    .use((ctx) => {
      if (isOwnHost(ctx.req.headers.get("host"), hostname)) return ctx.next();
      throw new HttpError(403, "This name is not served here.");
    })
    // Behind a proxy that speaks TLS the origin has another scheme than this process sees; the host is the same.
    .use(csrf({ origin: (origin, { req }) => isSameOrigin(origin, req.headers.get("host")) }))
    .use(staticFiles())
    .fsRoutes();
}
