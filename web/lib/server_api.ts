/** What the dashboard reads from the server over HTTP: for the first paint, and for its own pages' requests. */
import type { AgentInfo } from "../../shared/model/agent.ts";
import type { Message } from "../../shared/model/message.ts";

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

/** Asks the server at `baseUrl`. */
export class ServerApi {
  constructor(private readonly baseUrl: URL) {}

  /** Passes a request on, with the page's query. Throws when the server cannot be reached in time. */
  async forward(
    path: string,
    { search = "", headers }: { search?: string; headers?: Headers } = {},
  ): Promise<Response> {
    const authorization = headers?.get("authorization");
    return await fetch(new URL(path + search, this.baseUrl), {
      headers: { accept: "application/json", ...(authorization ? { authorization } : {}) },
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  }

  agents(): Promise<Listed<AgentInfo> | undefined> {
    return this.#list("api/agents?limit=100");
  }

  conversations(): Promise<Listed<ConversationItem> | undefined> {
    return this.#list("api/conversations?limit=30");
  }

  messages(conversationId: string): Promise<Listed<Message> | undefined> {
    return this.#list(messagesPath(conversationId) + "?limit=100");
  }

  /** Gives undefined when there is no such list, or no server now: the page says so and reads it again later. */
  async #list<Item>(path: string): Promise<Listed<Item> | undefined> {
    try {
      const response = await this.forward(path);
      if (response.ok) return await response.json();
      await response.body?.cancel();
    } catch { /* a server that is not there yet is shown as such */ }
  }
}

/** Gives the server's path of a conversation's messages. */
export function messagesPath(conversationId: string): string {
  return `api/conversations/${encodeURIComponent(conversationId)}/messages`;
}

/** Tells whether `id` has the form of an id (protocol, "Ids"). */
export function isId(id: string): boolean {
  return /^[A-Za-z0-9_.:-]{1,100}$/.test(id) && !/^\.+$/.test(id);
}
