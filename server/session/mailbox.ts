/** Where replies go for those who ask over HTTP without a session: they wait for them, or read the conversation. */
import type { Message } from "../../shared/model/message.ts";
import { DEFAULT_TENANT, type Principal } from "../../shared/model/principal.ts";
import type { Reader } from "./session.ts";

/** Names everybody who has no session. */
export const MAILBOX_ID = "web_anonymous";

/** Keeps nothing: the conversation does. */
export class Mailbox implements Reader {
  readonly id = MAILBOX_ID;
  readonly principal: Principal = { kind: "person", id: MAILBOX_ID, tenantId: DEFAULT_TENANT };

  show(_message: Message): void {}

  showAgain(_message: Message): void {}

  kept(): Promise<void> {
    return Promise.resolve();
  }
}
