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

const FOREIGN_HOST =
  "This server is bound to this machine alone, and serves requests to localhost, to names that end " +
  "in .localhost, to 127.0.0.1 and to [::1]. Use one of these as its host.";
const FOREIGN_ORIGIN = "Requests from this origin are not served. Add it to ALLOWED_ORIGINS if it is yours.";

/**
 * Says why a request with this `Origin` and `Host` is not served; undefined when it is. No origin means no browser,
 * which is allowed. While bound to loopback the host must be loopback too, so that no name that resolves to here can
 * pose as it.
 */
export function refusalOf(headers: Headers, rules: OriginRules): string | undefined {
  const origin = headers.get("origin");
  const host = headers.get("host") ?? rules.hostname;
  if (isLoopback(rules.hostname) && !isLoopback(hostnameOf(`http://${host}`))) return FOREIGN_HOST;
  if (origin !== null && !isAllowedOrigin(origin, rules)) return FOREIGN_ORIGIN;
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
