/** What counts in a conversation: an edited question stands in the place of the one before, and of its answers. */
import type { ConversationMessage } from "./context.ts";

type Said = Pick<ConversationMessage, "messageId" | "inReplyToMessageId" | "replacesMessageId">;

/**
 * Leaves out what others of `messages` replace, or `replacedNow`, which the message that is to be answered replaces; and
 * whatever answered that, and answered those answers.
 */
export function withoutReplaced<Message extends Said>(
  messages: readonly Message[],
  replacedNow: string | null | undefined,
): Message[] {
  const gone = new Set(replacedNow ? [replacedNow] : []);
  for (const { messageId, replacesMessageId } of messages) {
    // What says that it replaces itself is there all the same.
    if (replacesMessageId && replacesMessageId !== messageId) gone.add(replacesMessageId);
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
