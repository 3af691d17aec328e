/** Where messages came from: what their answers, errors and pieces need to know, without asking the store each time. */
import type { Message } from "../../shared/model/message.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { ConversationStore } from "../../shared/store/store.ts";
import type { Reader } from "../session/session.ts";
import { Recent } from "../../shared/recent.ts";

const REMEMBERED = 50_000;

/** A message of which its answers must know. */
export interface Origin {
  senderId: string;
  conversationId: string;
  receiverId?: string | undefined;
  messageType?: string | undefined;
  /** The server that accepted it; undefined: this one, or nobody knows. */
  serverId?: string | undefined;
  /** The number it got when it was accepted here. */
  seq?: number | undefined;
  acceptedAtMs?: number | undefined;
  /** Who is shown how far it is, wherever the sender's session is by then. */
  reader?: Reader | undefined;
  /** It was refused, or repeats an earlier one: what comes back of it from the broker goes no further. */
  isVoid?: boolean | undefined;
  /** Shows its sender that it is pending, until that was done: nothing about it is shown before. */
  announce?: (() => void) | undefined;
}

/** Remembers the newest messages, and finds older ones in the store. */
export class Origins {
  readonly #recent = new Recent<Origin>(REMEMBERED);

  constructor(private readonly store: ConversationStore, private readonly server: Principal) {}

  find(messageId: string): Origin | undefined {
    return this.#recent.get(messageId);
  }

  add(messageId: string, origin: Origin): Origin {
    this.#recent.set(messageId, origin);
    return origin;
  }

  forget(messageId: string): void {
    this.#recent.delete(messageId);
  }

  /** Finds a message that came before, also with an earlier server; what is new costs no wait for other writes. */
  async recall(messageId: string): Promise<Origin | undefined> {
    const known = this.find(messageId);
    if (known || !await this.store.has(this.server, messageId)) return known;
    return await this.load(messageId);
  }

  /** Finds a message, in memory or in the store. */
  async load(messageId: string): Promise<Origin | undefined> {
    const known = this.find(messageId);
    if (known) return known;
    const stored = await this.store.get(this.server, messageId);
    return stored && this.add(messageId, originOf(stored.message));
  }
}

/** Reads what answers need to know of a message. */
export function originOf(message: Message): Origin {
  return {
    senderId: message.sender_id ?? "",
    conversationId: message.conversation_id ?? "",
    receiverId: message.receiver_id ?? undefined,
    messageType: message.message_type,
    serverId: message._server_id ?? undefined,
  };
}
