/** Whose pages may talk to this server: the protocol's "Origins", as pure functions over two headers. */

const LOOPBACK_NAMES = new Set(["localhost", "[::1]", "::1"]);

/** Tells whether `hostname` can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK_NAMES.has(hostname) || /^127(\.\d{1,3}){3}$/.test(hostname) ||
    hostname.endsWith(".localhost");
}

export interface OriginRules {
  /** What the server is bound to. */
  hostname: string;
  /** Origins that may connect beside the loopback ones; exact. */
  allowed: readonly string[];
}

/**
 * Tells whether a request with this `Origin` and `Host` may be served. No origin means no browser, which is allowed.
 * While bound to loopback the host must be loopback too, so that no name that resolves to here can pose as it.
 */
export function isAllowed(headers: Headers, rules: OriginRules): boolean {
  const origin = headers.get("origin");
  if (isLoopback(rules.hostname)) {
    return isLoopback(hostnameOf(`http://${headers.get("host") ?? rules.hostname}`)) &&
      (origin === null || isAllowedOrigin(origin, rules));
  }
  return origin === null || isAllowedOrigin(origin, rules);
}

/** Tells whether a page of `origin` may connect. */
export function isAllowedOrigin(origin: string, { hostname, allowed }: OriginRules): boolean {
  if (allowed.includes(origin)) return true;
  return isLoopback(hostname) && /^https?:\/\//.test(origin) && isLoopback(hostnameOf(origin));
}

function hostnameOf(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return "";
  }
}
