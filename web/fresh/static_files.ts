// Serves the files of the static folder and the islands' code.
import { withoutBase } from "./app.ts";
import { ASSET_KEY } from "./build_id.ts";
import { type Context, INTERNAL } from "./context.ts";
import type { Middleware } from "./handlers.ts";
import type { ServedFile } from "./snapshot.ts";

/** Answers requests for static files; passes on everything else. */
export function staticFiles<State>(): Middleware<State> {
  return async (ctx) => {
    const { snapshot } = ctx[INTERNAL];
    const file = snapshot?.files.get(filePath(ctx));
    if (!snapshot || !file) return await ctx.next();
    if (ctx.req.method !== "GET" && ctx.req.method !== "HEAD") {
      return new Response(null, { status: 405 });
    }
    const key = ctx.url.searchParams.get(ASSET_KEY);
    if (key !== null && key !== snapshot.buildId) return unpinned(ctx.url);
    return await serve(ctx, file, key !== null || file.immutable);
  };
}

function filePath<State>(ctx: Context<State>): string {
  try {
    return decodeURIComponent(withoutBase(ctx.url.pathname, ctx.config.basePath));
  } catch {
    return "";
  }
}

/** Sends on to the current file who asks for another build's: that address would be cached for a year. */
function unpinned(url: URL): Response {
  const target = new URL(url);
  target.searchParams.delete(ASSET_KEY);
  return new Response(null, {
    status: 307,
    headers: { location: target.pathname + target.search },
  });
}

async function serve<State>(ctx: Context<State>, file: ServedFile, immutable: boolean): Promise<Response> {
  const etag = `W/"${file.etag}"`;
  const cached = ctx.config.mode === "production";
  const headers = new Headers({
    "content-type": file.contentType,
    "x-content-type-options": "nosniff",
  });
  if (!cached) {
    headers.set("cache-control", "no-store");
    return new Response(await file.read(), { headers });
  }
  const packed = isText(file) && await gzipped(file);
  if (packed) headers.set("vary", "accept-encoding");
  headers.set("etag", etag);
  headers.set("cache-control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (matches(ctx.req.headers.get("if-none-match"), file.etag)) {
    return new Response(null, { status: 304, headers });
  }
  if (!packed || !takesGzip(ctx.req.headers.get("accept-encoding"))) {
    return new Response(await file.read(), { headers });
  }
  headers.set("content-encoding", "gzip");
  return new Response(await packed, { headers });
}

const packedFiles = new WeakMap<ServedFile, Promise<Uint8Array<ArrayBuffer>>>();

/** Compresses a file once, however often it is asked for. */
function gzipped(file: ServedFile): Promise<Uint8Array<ArrayBuffer>> {
  const known = packedFiles.get(file) ?? gzip(file);
  packedFiles.set(file, known);
  known.catch(() => packedFiles.delete(file));
  return known;
}

async function gzip(file: ServedFile): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([await file.read()]).stream().pipeThrough(new CompressionStream("gzip"));
  return await new Response(stream).bytes();
}

function isText({ contentType }: ServedFile): boolean {
  return contentType.includes("charset=utf-8");
}

/** Tells whether a browser takes gzip, by an `accept-encoding` that may refuse it with `q=0`. */
function takesGzip(header: string | null): boolean {
  return (header ?? "").split(",").some((part) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(part));
}

function matches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((part) => ["*", `"${etag}"`, `W/"${etag}"`].includes(part.trim()));
}
