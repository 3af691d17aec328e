// The middleware that sets a content security policy.
import type { Middleware } from "./handlers.ts";
import { nonceOf } from "./render.ts";

export interface CSPOptions {
  /** Reports breaches and blocks nothing. */
  reportOnly?: boolean;
  /** Where browsers send reports. */
  reportTo?: string;
  /** Directives; each replaces the default of the same name. */
  csp?: string[];
  /** Replaces `'unsafe-inline'` with a nonce of the response's own; drops it where no page was rendered. */
  useNonce?: boolean;
}

const DEFAULTS = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

/**
 * Sets the policy on every response. `upgrade-insecure-requests` is added only to what is served over HTTPS: over plain
 * HTTP it would make browsers ask for the assets where nobody listens.
 */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const header = `Content-Security-Policy${options.reportOnly ? "-Report-Only" : ""}`;
  const directives = mergeDirectives(options);
  return async (ctx) => {
    const response = await ctx.next();
    const nonce = options.useNonce ? nonceOf(response) : undefined;
    const policy = directives.map((directive) => options.useNonce ? withNonce(directive, nonce) : directive);
    if (ctx.url.protocol === "https:") policy.push("upgrade-insecure-requests");
    response.headers.set(header, policy.join("; "));
    if (options.reportTo) {
      response.headers.set("Reporting-Endpoints", `csp-endpoint="${options.reportTo}"`);
    }
    return response;
  };
}

function mergeDirectives({ csp = [], reportTo }: CSPOptions): string[] {
  const names = new Set(csp.map(directiveName));
  const report = reportTo ? ["report-to csp-endpoint", `report-uri ${reportTo}`] : [];
  return [...DEFAULTS.filter((directive) => !names.has(directiveName(directive))), ...csp, ...report];
}

function directiveName(directive: string): string {
  return directive.trim().split(/\s+/)[0]!;
}

function withNonce(directive: string, nonce: string | undefined): string {
  const takesNonce = /^(default|script|style)-src/.test(directive);
  if (!takesNonce) return directive;
  if (nonce) return directive.replaceAll("'unsafe-inline'", `'nonce-${nonce}'`);
  return directive.replaceAll(/\s+'unsafe-inline'/g, "");
}
