// What the name and place of a route file mean.
import type {
  LayoutConfig,
  Middleware,
  Route,
  RouteComponent,
  RouteConfig,
  RouteHandler,
} from "./handlers.ts";
import type { Plan } from "./plan.ts";

type FileKind = "app" | "middleware" | "layout" | "error" | "route";

export interface FileMeaning {
  kind: FileKind;
  /** The folder, with its groups: what decides which layouts and middlewares apply. */
  scope: string;
  /** The address, without groups. */
  pattern: string;
}

export interface RouteFile extends FileMeaning {
  path: string;
  module: Record<string, unknown>;
}

const SPECIAL: Record<string, FileKind> = {
  _app: "app",
  _middleware: "middleware",
  _layout: "layout",
  _error: "error",
};

/** Returns what `path` (below the routes folder, with `/`) means. Throws `SyntaxError` for a name that means nothing. */
export function fileMeaning(path: string): FileMeaning {
  const folders = path.replace(/\.[^./]+$/, "").split("/");
  const name = folders.pop()!;
  const kind = SPECIAL[name] ?? "route";
  if (kind === "route" && name.startsWith("_")) {
    throw new SyntaxError(
      `routes/${path}: expected ${Object.keys(SPECIAL).join(", ")} or a name without "_"`,
    );
  }
  const address = kind === "route" && name !== "index" ? [...folders, name] : folders;
  const visible = address.filter((folder) => !/^\(.*\)$/.test(folder));
  const toPattern = (parts: string[]) => parts.map((part) => "/" + segmentPattern(part, path)).join("");
  return {
    kind,
    scope: toPattern(folders),
    pattern: toPattern(visible) || "/",
  };
}

function segmentPattern(segment: string, path: string): string {
  const rest = /^\[\.\.\.(\w+)\]$/.exec(segment);
  if (rest) return `:${rest[1]}*`;
  const pattern = segment.replace(/\[(\w+)\]/g, ":$1");
  if (/[[\]]/.test(pattern) || /:\w+:/.test(pattern)) {
    throw new SyntaxError(`routes/${path}: "${segment}" is not a name, [parameter] or [...rest]`);
  }
  return pattern;
}

/** Orders routes so that the more specific comes first: names, then parameters, then `[...rest]`. */
export function compareRoutes(a: { pattern: string }, b: { pattern: string }): number {
  const left = a.pattern.split("/");
  const right = b.pattern.split("/");
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference = vagueness(left[index]!) - vagueness(right[index]!);
    if (difference !== 0) return difference;
  }
  return right.length - left.length || (a.pattern < b.pattern ? -1 : 1);
}

function vagueness(segment: string): number {
  if (segment.endsWith("*")) return 3;
  if (segment.startsWith(":")) return 2;
  return segment.includes(":") ? 1 : 0;
}

const KIND_ORDER: FileKind[] = ["app", "middleware", "layout", "error", "route"];

/** Registers route files; what wraps a page comes before the pages. */
export function installRoutes<State>(plan: Plan<State>, files: RouteFile[]): void {
  const sorted = files.toSorted((a, b) =>
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    compareRoutes(a, b)
  );
  for (const file of sorted) install(plan, file);
}

function install<State>(plan: Plan<State>, { kind, scope, pattern, path, module }: RouteFile): void {
  const component = module.default as RouteComponent<State> | undefined;
  const handler = (module.handlers ?? module.handler) as
    | RouteHandler<unknown, State>
    | undefined;
  const config = module.config as (RouteConfig & LayoutConfig) | undefined;
  if (!component && !handler) {
    throw new Error(`routes/${path} exports neither a default nor a handler`);
  }
  if (kind === "middleware") {
    return plan.use(scope, middlewares(path, handler ?? module.default));
  }
  if (kind === "app" && component) return plan.appWrapper(component);
  if (kind === "layout" && component) {
    return plan.layout(scope, component, config);
  }
  const route: Route<State> = { component, handler, config };
  if (kind === "error") return plan.onError(scope, route);
  if (kind === "route") return plan.route(scope, pattern, route);
  throw new Error(`routes/${path} has no default export`);
}

function middlewares<State>(path: string, exported: unknown): Middleware<State>[] {
  const list = Array.isArray(exported) ? exported : [exported];
  if (list.every((member) => typeof member === "function")) return list;
  throw new Error(`routes/${path} must export a function or an array of functions`);
}
