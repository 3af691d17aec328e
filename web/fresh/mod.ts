// Stands in for Fresh 2 where Fresh itself cannot be had: the entry point `fresh`, with the part of its interface that the dashboard uses.
export { App, type ListenOptions } from "./app.ts";
export type {
  Context,
  FreshConfig,
  ResolvedFreshConfig,
  WebSocketHandlers,
  WebSocketUpgradeOptions,
} from "./context.ts";
export { cors, type CORSOptions } from "./cors.ts";
export { csp, type CSPOptions } from "./csp.ts";
export { csrf, type CsrfOptions } from "./csrf.ts";
export {
  createDefine,
  type Define,
  type HandlerByMethod,
  type HandlerFn,
  type LayoutConfig,
  type Method,
  type Middleware,
  type MiddlewareFn,
  page,
  type PageProps,
  type PageResponse,
  type Route,
  type RouteConfig,
  type RouteData,
  type RouteHandler,
} from "./handlers.ts";
export { HttpError } from "./http_error.ts";
export type { Island } from "./snapshot.ts";
export { staticFiles } from "./static_files.ts";
