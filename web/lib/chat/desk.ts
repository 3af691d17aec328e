/** Everything the chat shows and does, as signals: it joins the session, the conversation, the roster and the lists. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { joinAttachments } from "../../../shared/model/attachment.ts";
import type { AgentInfo, AgentStatusUpdate } from "../../../shared/model/agent.ts";
import type { Message } from "../../../shared/model/message.ts";
import { ask } from "../live/api.ts";
import { Batch } from "../live/batch.ts";
import { type Keep, openKeep } from "../live/keep.ts";
import { updated } from "../live/roster.ts";
import { type Link, Session } from "../live/session.ts";
import { steadyMap } from "../live/steady.ts";
import type { ConversationItem, Listed } from "../server/server_api.ts";
import type { Texts } from "../texts/texts.ts";
import { oneLine } from "../ui/plain_text.ts";
import { type Chat, emptyChat, fail, isApart, RANK, take, takePage, withoutKept } from "./chat.ts";
import { ConversationList } from "./conversation_list.ts";
import type { Question } from "./entry.ts";
import { newId } from "./new_id.ts";
import { type Draft, Outbox } from "./outbox.ts";
import type { TextFile } from "./text_file.ts";
import { isSameVersions, type Shown, shownOf, type Versions } from "./versions.ts";
import { onWake } from "../live/wake.ts";

/** What the server's first paint knew; undefined where the server did not answer. */
export interface FirstPaint {
  conversationId?: string;
  /** What the conversation is called. */
  title?: string;
  agents?: AgentInfo[];
  conversations?: Listed<ConversationItem>;
  messages?: Listed<Message>;
  /** What the list of conversations is searched for. */
  query: string;
  now: number;
}

export interface Asked {
  text: string;
  files?: readonly TextFile[];
  /** The agent it is for; without, the broker chooses. */
  to?: string;
  /** The question that it stands in the place of. */
  replaces?: string;
}

/** Entries that are in the page at once, wherever its reader is. */
const LONG = 600;

/** The state of one page. Nothing happens until `open()`. */
export class Desk {
  readonly link: Signal<Link> = signal({ state: "connecting" });
  readonly agents: Signal<readonly AgentInfo[]>;
  readonly list: ConversationList;
  readonly chat: Signal<Chat>;
  /** The conversation's id; empty before it has begun. */
  readonly id: ReadonlySignal<string>;
  /** What it is called, also while the list shows others; undefined while no server keeps it. */
  readonly title: Signal<string | undefined>;
  /** The question that was asked last on this page: its writer wants to see what becomes of it. */
  readonly asked: Signal<string> = signal("");
  /** The versions that the reader looks at, by the id of the first. */
  readonly chosen: Signal<Readonly<Record<string, string>>> = signal({});
  readonly shown: ReadonlySignal<Shown>;
  /** By the question's id, where it has several. */
  readonly versions: ReadonlySignal<ReadonlyMap<string, Versions>>;
  /** What agents are called, by their ids. */
  readonly names: ReadonlySignal<ReadonlyMap<string, string>>;
  /** The newest question that is shown. */
  readonly last: ReadonlySignal<Question | undefined>;
  /** Whether so much is shown that what is far away is left out. */
  readonly isLong: ReadonlySignal<boolean>;
  /** Whether the newest question has been sent and not been answered to its end. */
  readonly isOpen: ReadonlySignal<boolean>;
  /** The question that is being written anew. */
  readonly editing: Signal<Question | undefined> = signal(undefined);
  /** What could not be done, for people. */
  readonly notice: Signal<string> = signal("");
  /** Whether the server did not answer when it was last asked. */
  readonly isServerAway: ReadonlySignal<boolean>;
  /** Whether messages before those shown are kept by the server: where they begin. */
  readonly earlier: Signal<string | null>;
  /** Whether this page is at work in a browser. */
  readonly live = signal(false);
  readonly keep: Keep = openKeep();
  readonly #batch = new Batch<Message>((frames) => this.#take(frames));
  readonly #outbox = new Outbox(this.keep);
  #session: Session | undefined;

  constructor(first: FirstPaint, private readonly texts: Texts["chat"]) {
    const chat = emptyChat(first.conversationId ?? "");
    this.agents = signal(updated([], { is_full_update: true, agents: first.agents ?? [] }));
    this.list = new ConversationList(first.conversations, first.query);
    this.chat = signal(takePage(chat, first.messages?.items ?? []));
    this.id = computed(() => this.chat.value.conversationId);
    this.title = signal(first.title);
    this.isServerAway = computed(() =>
      this.link.value.state === "waiting" || (!this.live.value && !first.agents)
    );
    this.shown = computed(() => shownOf(this.chat.value, this.chosen.value));
    this.versions = steadyMap(() => this.shown.value.versions, isSameVersions);
    this.names = steadyMap(() =>
      new Map(this.agents.value.map(({ agent_id: id, agent_name: name }) => [id, oneLine(name) || id]))
    );
    this.last = computed(() =>
      this.shown.value.entries.findLast((entry): entry is Question => entry.kind === "question")
    );
    this.isLong = computed(() => this.shown.value.entries.length > LONG);
    this.isOpen = computed(() => {
      const rank = RANK[this.last.value?.way ?? "answered"];
      return rank >= RANK.pending && rank <= RANK.delivered;
    });
    this.earlier = signal(first.messages?.next_cursor ?? null);
  }

  /** Connects. Gives the function that ends it. */
  open(): () => void {
    const session = this.#session = new Session({
      url: location.origin.replace(/^http/, "ws") + "/ws",
      storage: this.keep,
      outbox: this.#outbox,
      onLink: (link) => this.link.value = link,
      onFrame: (frame) => this.#batch.add(frame),
      onRegistered: (missed) => this.#registered(missed),
      onTooLong: (drafts) => this.#tooLong(drafts),
    });
    for (const draft of this.#outbox.list()) this.#show(draft);
    const asleep = onWake(() => this.#woken());
    const unnamed = effect(() => this.#name());
    this.live.value = true;
    session.start();
    return () => {
      unnamed();
      session.stop();
      this.#batch.stop();
      this.list.stop();
      asleep();
    };
  }

  /** Tries to connect now rather than when the pause is over. */
  retry(): void {
    if (this.link.value.state === "waiting") this.#session?.start();
  }

  /** Sends what a person wrote. The first message gives the conversation its address. */
  ask({ text, files = [], to, replaces }: Asked): void {
    const conversationId = this.chat.value.conversationId || this.#begin();
    const { text_payload, attachments } = joinAttachments(text, files);
    const draft: Draft = {
      message_type: "TEXT",
      message_id: newId("msg"),
      conversation_id: conversationId,
      text_payload,
      send_timestamp: new Date().toISOString(),
      ...(attachments.length > 0 ? { attachments } : {}),
      ...(to ? { receiver_id: to } : {}),
      ...(replaces ? { replaces_message_id: replaces } : {}),
    };
    this.notice.value = "";
    // Whatever was looked at, the new version is what its writer wants to see.
    if (replaces) this.chosen.value = {};
    this.#show(draft);
    this.asked.value = draft.message_id;
    this.#session?.send(draft);
  }

  /** Asks a question once more, of whoever it was meant for in the first place. */
  again({ text, files, named, id }: Question): void {
    this.ask({ text, files, to: named, replaces: id });
  }

  /** Has whoever answers the newest question stop; what was written so far stays. */
  stop(): void {
    const frame = { message_type: "STOP_REPLY", in_reply_to_message_id: this.last.value?.id };
    if (!this.#session?.tell(frame)) this.notice.value = this.texts.notStopped;
  }

  /** Looks at another version of a question. */
  choose(root: string, id: string): void {
    this.chosen.value = { ...this.chosen.value, [root]: id };
  }

  /** Reads the page of messages before those that are shown. */
  async readEarlier(): Promise<void> {
    const { conversationId } = this.chat.value;
    const cursor = this.earlier.value;
    const page = cursor && await messagesOf(conversationId, cursor);
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

  /** Whoever looked away may have named or deleted a conversation in another tab. */
  #woken(): void {
    this.retry();
    this.list.readSoon();
  }

  #name(): void {
    const open = this.list.items.value.find(({ conversation_id }) => conversation_id === this.id.value);
    if (open) this.title.value = open.title;
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
      if (frame.message_type === "TEXT" || frame.message_type === "REPLY") this.list.readSoon();
      if (frame.message_type === "STOP_REPLY" && frame.status === "error") {
        this.notice.value = String(frame.text_payload);
      }
    }
  }

  #registered(missed: boolean): void {
    this.list.readSoon();
    if (missed && this.chat.value.conversationId) this.#readAgain();
  }

  async #readAgain(): Promise<void> {
    const { conversationId } = this.chat.value;
    const page = await messagesOf(conversationId);
    if (!page || conversationId !== this.chat.value.conversationId) return;
    const known = isApart(this.chat.value, page) ? withoutKept(this.chat.value) : this.chat.value;
    this.chat.value = takePage(known, page.items);
    if (known.kept.length === 0) this.earlier.value = page.next_cursor;
    for (const message of page.items) this.#outbox.settle(message);
  }

  #tooLong(drafts: Draft[]): void {
    for (const { message_id: id } of drafts) {
      this.#outbox.remove(id);
      this.chat.value = fail(this.chat.value, id, this.texts.frameTooLong);
    }
  }
}

/** Gives undefined when there is no such conversation, or no server now; the next registration reads again. */
function messagesOf(conversationId: string, cursor?: string): Promise<Listed<Message> | undefined> {
  const query = new URLSearchParams(cursor ? { limit: "50", cursor } : { limit: "100" });
  const path = `/api/conversations/${encodeURIComponent(conversationId)}/messages?${query}`;
  return ask<Listed<Message>>(path).catch(() => undefined);
}
