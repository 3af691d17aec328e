// Finds what answers a method and a path.
import { HttpError } from "./http_error.ts";
import type { Method } from "./handlers.ts";

export const METHODS: readonly Method[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

interface Entry<T> {
  pattern: string;
  byMethod: Map<string, T>;
}

export interface Match<T> {
  /** The route's pattern, or null where no route has this path. */
  pattern: string | null;
  params: Record<string, string>;
  /** Null where the path is known and the method is not. */
  item: T | null;
  allowed: string[];
}

/** Keeps routes. Fixed paths win over patterns, and among patterns the first that was added. */
export class Router<T> {
  readonly #fixed = new Map<string, Entry<T>>();
  readonly #patterns = new Map<string, Entry<T> & { matcher: URLPattern }>();

  /** Adds `item`; what was added first for a method and a pattern stays. */
  add(method: Method, pattern: string, item: T): void {
    const { byMethod } = this.#entry(pattern);
    if (!byMethod.has(method)) byMethod.set(method, item);
  }

  /** Finds the route of `pathname`, with or without a slash at its end. Throws `HttpError` 400 for a broken escape. */
  match(method: string, pathname: string): Match<T> {
    if (pathname === "") return { pattern: null, params: {}, item: null, allowed: [] };
    const fixed = this.#fixed.get(pathname) ??
      this.#fixed.get(otherSlash(pathname));
    if (fixed) return found(fixed, method, {});
    for (const entry of this.#patterns.values()) {
      const groups = entry.matcher.exec({ pathname })?.pathname.groups;
      if (groups) return found(entry, method, groups);
    }
    return { pattern: null, params: {}, item: null, allowed: [] };
  }

  #entry(pattern: string): Entry<T> {
    const known = this.#fixed.get(pattern) ?? this.#patterns.get(pattern);
    if (known) return known;
    const entry = { pattern, byMethod: new Map<string, T>() };
    if (/[*:{}+?()]/.test(pattern)) {
      this.#patterns.set(pattern, {
        ...entry,
        matcher: new URLPattern({ pathname: pattern }),
      });
    } else {
      this.#fixed.set(pattern, entry);
    }
    return entry;
  }
}

function otherSlash(pathname: string): string {
  return pathname.endsWith("/") ? pathname.slice(0, -1) : pathname + "/";
}

function found<T>(entry: Entry<T>, method: string, groups: Record<string, string | undefined>): Match<T> {
  const { byMethod, pattern } = entry;
  const item = byMethod.get(method) ??
    (method === "HEAD" ? byMethod.get("GET") : undefined) ?? null;
  return {
    pattern,
    params: decoded(groups),
    item,
    allowed: [...byMethod.keys()],
  };
}

function decoded(groups: Record<string, string | undefined>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURI(value ?? "")]));
  } catch {
    throw new HttpError(400, "The address has a broken escape sequence");
  }
}
