/** `parley.conversation.v1.ConversationService`: agents read the conversations that they take part in. */
import {
  ConversationMessage,
  type ConversationServiceServer,
  type ListMessagesRequest,
} from "../../shared/grpc/gen/conversation.ts";
import { ParleyError } from "../../shared/error.ts";
import { type Principal, serverPrincipal } from "../../shared/model/principal.ts";
import type { ConversationStore, StoredMessage } from "../../shared/store/store.ts";
import { type Edge, requireText } from "./edge.ts";

const DEFAULT_LIMIT = 100;
const MOST = 500;
/** How many messages are read at a time, since they may be long. */
const READ_AT_ONCE = 50;
/** Bytes of messages in one answer, half of what a message may have; one message always fits. */
const ANSWER_BYTES = 4 * 1024 * 1024;

export function createConversationService(
  edge: Edge,
  store: ConversationStore,
): ConversationServiceServer {
  const reader = serverPrincipal(edge.roster.options.serverId);
  return {
    listMessages: edge.answer(async (request: ListMessagesRequest, metadata) => {
      const caller = edge.callerOf(metadata);
      const conversationId = requireText("conversation_id", request.conversationId);
      edge.authorize(caller, "read_conversation", conversationId);
      const limit = limitOf(request.limit);
      await requirePart({ store, reader, conversationId, caller });
      const before = await positionOf({ store, reader, conversationId }, request.beforeMessageId);
      const messages = await take(newestFirst({ store, reader, conversationId, before }), limit);
      return { messages: messages.reverse() };
    }),
  };
}

interface Reading {
  store: ConversationStore;
  reader: Principal;
  conversationId: string;
}

function limitOf(given: number): number {
  if (given === 0) return DEFAULT_LIMIT;
  if (given >= 1 && given <= MOST) return given;
  throw new ParleyError(
    "invalid_message",
    `Field 'limit': allowed is 1 to ${MOST}, or 0 for ${DEFAULT_LIMIT}.`,
  );
}

/** A conversation of others looks like one that does not exist. */
async function requirePart(
  { store, reader, conversationId, caller }: Reading & { caller: Principal },
): Promise<void> {
  if (await store.takesPart(reader, conversationId, caller.id)) return;
  throw new ParleyError("not_found", `${caller.id} takes part in no conversation ${conversationId}.`);
}

/** Tells where the named message is; nothing comes before one that is not in the conversation. */
async function positionOf(
  { store, reader, conversationId }: Reading,
  messageId: string,
): Promise<number | undefined> {
  if (!messageId) return undefined;
  const stored = await store.get(reader, messageId);
  return stored?.message.conversation_id === conversationId ? stored.position : 0;
}

async function* newestFirst(
  { store, reader, conversationId, before }: Reading & { before: number | undefined },
): AsyncGenerator<StoredMessage> {
  let cursor: string | undefined;
  do {
    const from = cursor ? { cursor } : { before };
    const page = await store.messages(reader, conversationId, { limit: READ_AT_ONCE, ...from });
    yield* page.items;
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
}

/** Takes `limit` messages, or fewer when more would make too large an answer. */
async function take(messages: AsyncGenerator<StoredMessage>, limit: number): Promise<ConversationMessage[]> {
  const taken: ConversationMessage[] = [];
  let bytes = 0;
  for await (const stored of messages) {
    const message = toWire(stored);
    bytes += ConversationMessage.encode(message).finish().length;
    if (taken.length > 0 && bytes > ANSWER_BYTES) break;
    taken.push(message);
    if (taken.length === limit) break;
  }
  return taken;
}

function toWire({ message }: StoredMessage): ConversationMessage {
  return {
    messageId: message.message_id,
    messageType: message.message_type,
    senderId: message.sender_id ?? "",
    receiverId: message.receiver_id ?? "",
    conversationId: message.conversation_id,
    textPayload: message.text_payload ?? "",
    inReplyToMessageId: message.in_reply_to_message_id ?? "",
    sendTimestamp: message.send_timestamp ?? "",
    routingStatus: message.routing_status ?? "",
    replacesMessageId: message.replaces_message_id ?? "",
    attachments: (message.attachments ?? []).map(({ name, length }) => ({ name, length })),
  };
}
