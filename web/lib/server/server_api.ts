/** What the dashboard asks of the server over HTTP: for the first paint, and for its own pages' requests. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import type { Message } from "../../../shared/model/message.ts";

/** One conversation, as lists show it. */
export interface ConversationItem {
  conversation_id: string;
  title: string;
  updated_at: string;
}

/** A list, newest first. */
export interface Listed<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** How long a page waits for the server before it is shown without what was asked for, in milliseconds. */
const PATIENCE_MS = 3_000;
/** How long a change may take, in milliseconds. */
const CHANGE_PATIENCE_MS = 30_000;

interface ForwardOptions {
  method?: string;
  search?: string;
  headers?: Headers;
  body?: ReadableStream<Uint8Array> | null;
}

/** Asks the server at `baseUrl`. */
export class ServerApi {
  constructor(private readonly baseUrl: URL) {}

  /**
   * Passes a request on, with what of its headers concerns the server. Throws when the server does not begin to answer
   * in time; an answer that has begun may go on for as long as it likes, and ends when its body is cancelled.
   */
  async forward(path: string, options: ForwardOptions = {}): Promise<Response> {
    const { method = "GET", search = "", headers, body } = options;
    const impatience = new AbortController();
    const timer = setTimeout(
      () => impatience.abort(),
      method === "GET" ? PATIENCE_MS : CHANGE_PATIENCE_MS,
    );
    try {
      return await fetch(new URL(path + search, this.baseUrl), {
        method,
        body,
        headers: { accept: "application/json", ...passed(headers) },
        redirect: "error",
        signal: impatience.signal,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  agents(): Promise<Listed<AgentInfo> | undefined> {
    return this.read("api/agents?limit=100");
  }

  conversations(query = ""): Promise<Listed<ConversationItem> | undefined> {
    return this.read(`api/conversations?${new URLSearchParams({ limit: "30", q: query })}`);
  }

  messages(conversationId: string): Promise<Listed<Message> | undefined> {
    return this.read(messagesPath(conversationId) + "?limit=100");
  }

  /** Reads JSON at `path`. Gives undefined when there is none, or no server now: the page says so and reads it again. */
  async read<Answer>(path: string): Promise<Answer | undefined> {
    try {
      const response = await this.forward(path);
      if (response.ok) return await response.json();
      await response.body?.cancel();
    } catch { /* a server that is not there yet is shown as such */ }
  }
}

/** Gives the server's path of a conversation. */
export function conversationPath(conversationId: string): string {
  return `api/conversations/${encodeURIComponent(conversationId)}`;
}

/** Gives the server's path of a conversation's messages. */
export function messagesPath(conversationId: string): string {
  return `${conversationPath(conversationId)}/messages`;
}

/** Tells whether `id` has the form of an id (protocol, "Ids"). */
export function isId(id: string): boolean {
  return /^[A-Za-z0-9_.:-]{1,100}$/.test(id) && !/^\.+$/.test(id);
}

const PASSED = ["accept", "authorization", "content-type"];

function passed(headers: Headers | undefined): Record<string, string> {
  const given = PASSED.map((name) => [name, headers?.get(name)] as const);
  return Object.fromEntries(given.filter((pair): pair is [string, string] => Boolean(pair[1])));
}
