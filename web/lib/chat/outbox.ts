/** What was written but not accepted yet: kept in the browser until the server says that it has it. */
import type { Message } from "../../../shared/model/message.ts";
import type { Keep } from "../live/keep.ts";

/** A message as it is sent, with the id by which the server knows one it has accepted already. */
export interface Draft {
  message_type: "TEXT";
  message_id: string;
  conversation_id: string;
  text_payload: string;
  send_timestamp: string;
  receiver_id?: string;
  replaces_message_id?: string;
  attachments?: readonly { name: string; length: number }[];
}

const PREFIX = "parley.outbox.";

/** Keeps each message under a key of its own, so that tabs which share the storage never overwrite each other. */
export class Outbox {
  constructor(private readonly storage: Keep) {}

  add(draft: Draft): void {
    this.storage.setItem(PREFIX + draft.message_id, JSON.stringify(draft));
  }

  /** Lists what is to be sent, oldest first. */
  list(): Draft[] {
    const kept = this.storage.keys().filter((key) => key.startsWith(PREFIX));
    const drafts = kept.flatMap((key) => parsed(this.storage.getItem(key)));
    return drafts.sort((a, b) => a.send_timestamp < b.send_timestamp ? -1 : 1);
  }

  /** Takes out what `message` shows to have arrived: itself, or what it answers. */
  settle({ message_id: id, in_reply_to_message_id: questionId }: Message): void {
    for (const settled of [id, questionId]) if (settled) this.remove(settled);
  }

  remove(id: string): void {
    this.storage.removeItem(PREFIX + id);
  }
}

function parsed(json: string | null): Draft[] {
  try {
    const draft = JSON.parse(json ?? "null");
    return typeof draft?.message_id === "string" && typeof draft.conversation_id === "string" ? [draft] : [];
  } catch {
    return [];
  }
}
