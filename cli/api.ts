/** The server's HTTP interface, as the command line asks it. */
import { isErrorCode, ParleyError } from "../shared/error.ts";
import { Interrupted } from "./fault.ts";

/** A list as the server gives it. */
export interface Listed<Item> {
  items: Item[];
  next_cursor: string | null;
}

export type Query = Record<string, string | number | boolean | undefined>;

export interface ApiOptions {
  /** Without a slash at the end. */
  apiUrl: string;
  token?: string | undefined;
  /** Ends every request. */
  signal?: AbortSignal;
  /** How long the server may take for one answer, in milliseconds; default 30,000. */
  patienceMs?: number;
}

const PATIENCE_MS = 30_000;
/** The server speaks every 10 s. */
const SILENCE_MS = 25_000;
const LONGEST_STREAM_MS = 2 ** 31 - 1;
/** The most that the server gives at once. */
const PAGE = 100;

/** Asks the server. Every call throws the `ParleyError` that the server tells of, or `unavailable` when none answers. */
export class Api {
  constructor(private readonly options: ApiOptions) {}

  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#ask("GET", pathOf(path, query));
  }

  /** `patienceMs`: where this answer may take longer than others. */
  post<T>(path: string, body: object = {}, { patienceMs }: { patienceMs?: number } = {}): Promise<T> {
    const api = patienceMs ? new Api({ ...this.options, patienceMs }) : this;
    return api.#ask("POST", path, JSON.stringify(body));
  }

  delete<T>(path: string): Promise<T> {
    return this.#ask("DELETE", path);
  }

  /**
   * Reads a stream line by line until it ends or `signal` aborts; one that says nothing for 25 s is taken for dead. Throws
   * as every call does.
   */
  async *lines(path: string, query: Query, signal: AbortSignal): AsyncGenerator<string> {
    const silence = new AbortController();
    const end = AbortSignal.any([signal, silence.signal]);
    const api = new Api({ ...this.options, signal: end, patienceMs: LONGEST_STREAM_MS });
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    let rest = "";
    try {
      const response = await api.#fetch("GET", pathOf(path, query), undefined);
      if (!response.ok || !response.body) throw this.#problem(response.status, parsed(await response.text()));
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        yield* lines;
      }
    } catch (cause) {
      throw cause instanceof ParleyError ? cause : this.#unreachable(cause);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Makes sure that the server is there and lets this client in, of which a WebSocket cannot say why not. */
  async reach(): Promise<void> {
    await this.get("/api/agents", { limit: 1 });
  }

  /** Reads a list page by page, until it ends or has `most` items. What else stands beside it is that of the first page. */
  async list<Item>(path: string, query: Query = {}, most = Infinity): Promise<Listed<Item>> {
    const items: Item[] = [];
    let first: Listed<Item> | undefined;
    let cursor: string | undefined;
    for (;;) {
      const limit = Math.min(PAGE, most - items.length);
      const page = await this.get<Listed<Item>>(path, { ...query, limit, cursor });
      first ??= page;
      items.push(...page.items);
      const { next_cursor } = page;
      if (next_cursor === null || items.length >= most) return { ...first, items, next_cursor };
      cursor = next_cursor;
    }
  }

  async #ask<T>(method: string, path: string, body?: string): Promise<T> {
    const response = await this.#fetch(method, path, body);
    const text = await response.text().catch((cause) => Promise.reject(this.#unreachable(cause)));
    if (response.ok && text === "") return undefined as T;
    const answer = parsed(text);
    if (response.ok && answer) return answer as T;
    throw this.#problem(response.status, answer);
  }

  async #fetch(method: string, path: string, body: string | undefined): Promise<Response> {
    const { apiUrl, token, signal, patienceMs = PATIENCE_MS } = this.options;
    const headers = {
      accept: "application/json",
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const late = AbortSignal.timeout(patienceMs);
    try {
      return await fetch(apiUrl + path, {
        method,
        headers,
        body,
        signal: AbortSignal.any(signal ? [signal, late] : [late]),
      });
    } catch (cause) {
      throw this.#unreachable(cause);
    }
  }

  #unreachable(cause: unknown): Error {
    if (this.options.signal?.aborted) return new Interrupted("Interrupted.");
    return unreachable(this.options.apiUrl, cause);
  }

  #problem(status: number, answer: Record<string, unknown> | undefined): ParleyError {
    const { code, detail } = answer ?? {};
    if (isErrorCode(code)) return new ParleyError(code, String(detail ?? code));
    const { apiUrl } = this.options;
    return new ParleyError(
      "unavailable",
      `What answers at ${apiUrl} is no Parley server (HTTP ${status}). Name one with --server URL.`,
    );
  }
}

/** Says that no server answers at `address`, and what to do. */
export function unreachable(address: string, cause?: unknown): ParleyError {
  return new ParleyError(
    "unavailable",
    `No server answers at ${address}. Start one with \`deno task start\`, or name another with --server URL.`,
    { cause },
  );
}

function pathOf(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]]
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
