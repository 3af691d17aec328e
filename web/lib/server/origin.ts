/** Whose pages may use this dashboard: pure decisions over the headers `Host` and `Origin`. */

/** Tells whether `hostname` can only mean this machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(hostname);
}

/**
 * Tells whether a request for `host` may be served by who is bound to `boundTo`. On loopback the name must mean this
 * machine too, so that a foreign name which resolves to here (DNS rebinding) gets nothing.
 */
export function isOwnHost(host: string | null, boundTo: string): boolean {
  if (!isLoopback(boundTo)) return true;
  return host !== null && isLoopback(hostnameOf(`http://${host}`));
}

/** Tells whether `origin` is the very page that `host` serves. No origin means no browser, which is allowed. */
export function isSameOrigin(origin: string | null, host: string | null): boolean {
  if (origin === null) return true;
  return host !== null && /^https?:\/\//i.test(origin) && hostOf(origin) === host.toLowerCase();
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? url.replace(/^https?:\/\//i, "").replace(/\/$/, "").toLowerCase() : undefined;
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : "";
}
