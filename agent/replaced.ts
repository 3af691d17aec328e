/** What counts in a conversation: an edited question stands in the place of the one before, and of its answers. */
import { prefixOf } from "../shared/model/id.ts";
import type { ConversationMessage } from "./context.ts";

type Said = Pick<ConversationMessage, "messageId" | "senderId" | "inReplyToMessageId" | "replacesMessageId">;

/**
 * Leaves out what others of `messages` replace, or `now`, which is to be answered; and whatever answered that, and answered
 * those answers. An agent replaces nothing but its own: what others said it hides from nobody.
 */
export function withoutReplaced<Message extends Said>(
  messages: readonly Message[],
  now: Pick<Said, "messageId" | "senderId" | "replacesMessageId">,
): Message[] {
  const gone = new Set<string>();
  const senders = new Map(messages.map(({ messageId, senderId }) => [messageId, senderId]));
  for (const { messageId, senderId, replacesMessageId } of [...messages, now]) {
    const mayReplace = prefixOf(senderId) !== "agent" || senders.get(replacesMessageId) === senderId;
    // What says that it replaces itself is there all the same.
    if (mayReplace && replacesMessageId && replacesMessageId !== messageId) gone.add(replacesMessageId);
  }
  if (gone.size === 0) return [...messages];
  addAnswers(gone, messages);
  return messages.filter(({ messageId }) => !gone.has(messageId));
}

/** Messages come in their order, so that one pass finds the answers to answers, too. */
function addAnswers(gone: Set<string>, messages: readonly Said[]): void {
  for (const { messageId, inReplyToMessageId } of messages) {
    if (gone.has(inReplyToMessageId)) gone.add(messageId);
  }
}
