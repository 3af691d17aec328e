/** The agent that knows this running system: it reads the facts, answers from them, and asks no model. */
import type { ConversationMessage, MessageContext, MessageHandler } from "../context.ts";
import { answer } from "./answer.ts";
import { readFacts, type Sources } from "./facts.ts";

/** How far back a follow-up may reach, in messages. */
const LOOK_BACK = 20;

/** Creates the handler that answers from what the server's HTTP interface says. */
export function guideHandler(where: Omit<Sources, "self">): MessageHandler {
  return async (context) => {
    const [facts, before] = await Promise.all([
      readFacts({ ...where, self: context.agent }, context.signal),
      context.conversation(LOOK_BACK),
    ]);
    for (const piece of piecesOf(answer(context.text, questionsIn(before, context), facts))) {
      context.write(piece);
    }
  };
}

/** Picks what the same person asked before, oldest first. */
export function questionsIn(
  before: readonly ConversationMessage[],
  { message }: Pick<MessageContext, "message">,
): string[] {
  return before
    .filter(({ messageType, senderId, messageId }) =>
      messageType === "TEXT" && senderId === message.sender_id && messageId !== message.message_id
    )
    .map(({ textPayload }) => textPayload);
}

/** Cuts an answer into its lines, so that it is shown as it is read. */
export function piecesOf(text: string): string[] {
  return text.match(/[^\n]*\n+|[^\n]+$/g) ?? [];
}
