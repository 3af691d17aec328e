// What a request is to those who handle it: its parts, and the ways to answer.
import type { FunctionComponent, VNode } from "preact";
import { HttpError } from "./http_error.ts";
import type { LayoutConfig, RouteComponent } from "./handlers.ts";
import { renderPage } from "./render.ts";
import type { Snapshot } from "./snapshot.ts";

export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  mode: "development" | "production";
  trustProxy: boolean;
}

export type FreshConfig = Partial<Omit<ResolvedFreshConfig, "root">>;

export interface WebSocketHandlers {
  open?(socket: WebSocket): void;
  message?(socket: WebSocket, event: MessageEvent): void;
  close?(socket: WebSocket, code: number, reason: string): void;
  error?(socket: WebSocket, event: Event | ErrorEvent): void;
}

/** `idleTimeout` is in seconds, 120 unless told. */
export interface WebSocketUpgradeOptions {
  idleTimeout?: number;
  protocol?: string;
}

/** Keys what the framework itself keeps on a context: the wrappers around the page, and the build. */
export const INTERNAL: unique symbol = Symbol("internal");

export interface Internal<State> {
  app: RouteComponent<State> | null;
  layouts: RouteComponent<State>[];
  snapshot: Snapshot | null;
}

interface ContextParts {
  req: Request;
  url: URL;
  info: Deno.ServeHandlerInfo;
  route: string | null;
  params: Record<string, string>;
  config: ResolvedFreshConfig;
  snapshot: Snapshot | null;
  next: () => Promise<Response>;
}

/** Stands for one request; every middleware and handler on its way sees the same one. */
export class Context<State> {
  readonly config: ResolvedFreshConfig;
  readonly url: URL;
  readonly req: Request;
  readonly info: Deno.ServeHandlerInfo;
  /** The pattern of the matched route. */
  readonly route: string | null;
  readonly params: Record<string, string>;
  readonly state: State = {} as State;
  readonly isPartial: boolean = false;
  data: unknown = undefined;
  /** What was thrown, on error pages. */
  error: unknown = null;
  /** What an `_app` or a layout wraps. */
  Component!: FunctionComponent;
  /** Calls the next middleware or the handler. */
  next: () => Promise<Response>;
  readonly [INTERNAL]: Internal<State>;

  constructor(parts: ContextParts) {
    this.req = parts.req;
    this.url = parts.url;
    this.info = parts.info;
    this.route = parts.route;
    this.params = parts.params;
    this.config = parts.config;
    this.next = parts.next;
    this[INTERNAL] = { app: null, layouts: [], snapshot: parts.snapshot };
  }

  /** Redirects to `location`; a path that begins with several slashes stays on this origin. */
  redirect(location: string, status = 302): Response {
    const [, path = "", rest = ""] = /^([^?#]*)(.*)$/s.exec(location) ?? [];
    const target = path.startsWith("/") ? path.replace(/\/{2,}/g, "/") + rest : location;
    return new Response(null, { status, headers: { location: target } });
  }

  /** Renders `vnode` inside the layouts and the app wrapper that apply here. */
  render<Props>(
    vnode: VNode<Props> | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    return renderPage(this, vnode as VNode | null, { init, config });
  }

  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  html(content: string, init?: ResponseInit): Response {
    const headers = new Headers(init?.headers);
    headers.set("content-type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  json(content: unknown, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /** Streams text or bytes as they are produced. */
  stream<Chunk extends string | Uint8Array>(
    source:
      | Iterable<Chunk>
      | AsyncIterable<Chunk>
      | (() => Iterable<Chunk> | AsyncIterable<Chunk>),
    init?: ResponseInit,
  ): Response {
    const chunks = typeof source === "function" ? source() : source;
    const encoder = new TextEncoder();
    const bytes = async function* () {
      for await (const chunk of chunks) {
        yield typeof chunk === "string" ? encoder.encode(chunk) : chunk;
      }
    };
    return new Response(ReadableStream.from(bytes()) as ReadableStream<Uint8Array<ArrayBuffer>>, init);
  }

  /** Turns the request into a WebSocket. Throws `HttpError` 400 when it does not ask for one. */
  upgrade(options?: WebSocketUpgradeOptions): { socket: WebSocket; response: Response };
  upgrade(handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): Response;
  upgrade(
    first?: WebSocketHandlers | WebSocketUpgradeOptions,
    second?: WebSocketUpgradeOptions,
  ): Response | { socket: WebSocket; response: Response } {
    if (this.req.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      throw new HttpError(400, "Expected a WebSocket upgrade request");
    }
    if (!first || !isHandlers(first)) return Deno.upgradeWebSocket(this.req, first);
    const { socket, response } = Deno.upgradeWebSocket(this.req, second);
    listen(socket, first);
    return response;
  }
}

function isHandlers(value: WebSocketHandlers | WebSocketUpgradeOptions): value is WebSocketHandlers {
  return Object.values(value).some((member) => typeof member === "function");
}

function listen(socket: WebSocket, handlers: WebSocketHandlers): void {
  if (handlers.open) {
    socket.addEventListener("open", () => handlers.open!(socket));
  }
  if (handlers.message) {
    socket.addEventListener("message", (event) => handlers.message!(socket, event));
  }
  if (handlers.close) {
    socket.addEventListener("close", (event) => handlers.close!(socket, event.code, event.reason));
  }
  if (handlers.error) {
    socket.addEventListener("error", (event) => handlers.error!(socket, event));
  }
}
