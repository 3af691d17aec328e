/** Everything a page shows and does, as signals: it joins the session, the conversation, the roster and the lists. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { AgentInfo, AgentStatusUpdate } from "../../../shared/model/agent.ts";
import type { Message } from "../../../shared/model/message.ts";
import { type Chat, emptyChat, fail, shownEntries, take, takePage } from "./chat.ts";
import type { Entry, Question } from "./entry.ts";
import { openKeep } from "../live/keep.ts";
import { Batch } from "../live/batch.ts";
import type { Texts } from "../texts/texts.ts";
import { newId } from "./new_id.ts";
import { type Draft, Outbox } from "./outbox.ts";
import { updated } from "../live/roster.ts";
import type { ConversationItem, Listed } from "../server/server_api.ts";
import { type Link, Session } from "../live/session.ts";

/** What the server's first paint knew; undefined where the server did not answer. */
export interface FirstPaint {
  conversationId?: string;
  agents?: AgentInfo[];
  conversations?: ConversationItem[];
  messages?: Listed<Message>;
  now: number;
}

const LIST_PAUSE_MS = 300;

/** The state of one page. Nothing happens until `open()`. */
export class Desk {
  readonly link: Signal<Link> = signal({ state: "connecting" });
  readonly agents: Signal<readonly AgentInfo[]>;
  readonly conversations: Signal<readonly ConversationItem[]>;
  readonly chat: Signal<Chat>;
  readonly entries: ReadonlySignal<Entry[]>;
  /** Whether the server did not answer when it was last asked. */
  readonly isServerAway: ReadonlySignal<boolean>;
  /** Whether messages before those shown are kept by the server: where they begin. */
  readonly earlier: Signal<string | null>;
  /** Whether this page is at work in a browser. */
  readonly live = signal(false);
  #session: Session | undefined;
  #outbox: Outbox | undefined;
  readonly #batch = new Batch<Message>((frames) => this.#take(frames));
  #list: ReturnType<typeof setTimeout> | undefined;

  constructor(first: FirstPaint, private readonly texts: Texts["chat"]) {
    const chat = emptyChat(first.conversationId ?? "");
    this.agents = signal(updated([], { is_full_update: true, agents: first.agents ?? [] }));
    this.conversations = signal(first.conversations ?? []);
    this.chat = signal(takePage(chat, first.messages?.items ?? []));
    this.isServerAway = computed(() =>
      this.link.value.state === "waiting" || (!this.live.value && !first.agents)
    );
    this.entries = computed(() => shownEntries(this.chat.value));
    this.earlier = signal(first.messages?.next_cursor ?? null);
  }

  /** Connects. Gives the function that ends it. */
  open(): () => void {
    const storage = openKeep();
    const outbox = this.#outbox = new Outbox(storage);
    const session = this.#session = new Session({
      url: location.origin.replace(/^http/, "ws") + "/ws",
      storage,
      outbox,
      onLink: (link) => this.link.value = link,
      onFrame: (frame) => this.#batch.add(frame),
      onRegistered: (missed) => this.#registered(missed),
      onTooLong: (drafts) => this.#tooLong(drafts),
    });
    for (const draft of outbox.list()) this.#show(draft);
    const online = () => this.retry();
    addEventListener("online", online);
    this.live.value = true;
    session.start();
    return () => {
      session.stop();
      this.#batch.stop();
      clearTimeout(this.#list);
      removeEventListener("online", online);
    };
  }

  /** Tries to connect now rather than when the pause is over. */
  retry(): void {
    if (this.link.value.state === "waiting") this.#session?.start();
  }

  /** Sends what a person wrote; without `to`, the broker chooses. The first message gives the conversation its address. */
  ask(text: string, { to, replaces }: { to?: string; replaces?: string } = {}): void {
    const conversationId = this.chat.value.conversationId || this.#begin();
    const draft: Draft = {
      message_type: "TEXT",
      message_id: newId("msg"),
      conversation_id: conversationId,
      text_payload: text,
      send_timestamp: new Date().toISOString(),
      ...(to ? { receiver_id: to } : {}),
      ...(replaces ? { replaces_message_id: replaces } : {}),
    };
    this.#show(draft);
    this.#session?.send(draft);
  }

  /** Asks a failed question once more, of whoever it was meant for in the first place. */
  again({ text, named, id }: Question): void {
    this.ask(text, { to: named, replaces: id });
  }

  /** Reads the page of messages before those that are shown. */
  async readEarlier(): Promise<void> {
    const { conversationId } = this.chat.value;
    const cursor = this.earlier.value;
    const page = cursor && await read<Message>(messagesUrl(conversationId, cursor));
    if (!page || cursor !== this.earlier.value) return;
    this.chat.value = takePage(this.chat.value, page.items, { earlier: true });
    this.earlier.value = page.next_cursor;
  }

  #begin(): string {
    const id = newId("conv");
    this.chat.value = emptyChat(id);
    history.replaceState(null, "", `/c/${id}`);
    return id;
  }

  #show(draft: Draft): void {
    this.chat.value = take(this.chat.value, draft as Message);
  }

  #take(frames: Message[]): void {
    this.chat.value = frames.reduce(take, this.chat.value);
    for (const frame of frames) {
      if (frame.message_type === "AGENT_STATUS_UPDATE") {
        this.agents.value = updated(this.agents.value, frame as unknown as AgentStatusUpdate);
      }
      if (frame.message_type === "TEXT" || frame.message_type === "REPLY") this.#listSoon();
    }
  }

  #registered(missed: boolean): void {
    this.#listSoon();
    if (missed && this.chat.value.conversationId) this.#readAgain();
  }

  async #readAgain(): Promise<void> {
    const { conversationId } = this.chat.value;
    const page = await read<Message>(messagesUrl(conversationId));
    if (!page || conversationId !== this.chat.value.conversationId) return;
    const wasEmpty = this.chat.value.kept.length === 0;
    this.chat.value = takePage(this.chat.value, page.items);
    if (wasEmpty) this.earlier.value = page.next_cursor;
    for (const message of page.items) this.#outbox?.settle(message);
  }

  #listSoon(): void {
    this.#list ??= setTimeout(async () => {
      this.#list = undefined;
      const page = await read<ConversationItem>("/api/conversations?limit=30");
      if (page) this.conversations.value = page.items;
    }, LIST_PAUSE_MS);
  }

  #tooLong(drafts: Draft[]): void {
    for (const { message_id: id } of drafts) {
      this.#outbox?.remove(id);
      this.chat.value = fail(this.chat.value, id, this.texts.frameTooLong);
    }
  }
}

function messagesUrl(conversationId: string, cursor?: string): string {
  const query = new URLSearchParams({ limit: "100", ...(cursor ? { cursor } : {}) });
  return `/api/conversations/${encodeURIComponent(conversationId)}/messages?${query}`;
}

/** Gives undefined when there is no such list, or no server now; the next registration reads again. */
async function read<Item>(url: string): Promise<Listed<Item> | undefined> {
  try {
    const response = await fetch(url);
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
