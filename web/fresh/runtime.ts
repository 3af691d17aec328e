// What both routes and islands may import: the entry point `fresh/runtime`.
import { ASSET_KEY, buildId } from "./build_id.ts";

export { Head, type HeadProps } from "./head.ts";
export { HttpError } from "./http_error.ts";

/** Tells whether this code runs in a browser. */
export const IS_BROWSER = typeof document !== "undefined";

/** Returns `path` pinned to this build, so that it may be cached for a year. Other origins' addresses stay as they are. */
export function asset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  const url = new URL(path, "http://asset.invalid");
  if (!url.searchParams.has(ASSET_KEY)) {
    url.searchParams.set(ASSET_KEY, buildId());
  }
  return url.pathname + url.search + url.hash;
}
