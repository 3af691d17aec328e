/** What a page knows before its browser does anything: read from the server in one go. */
import { answerOf } from "../server/answer.ts";
import { type ConversationItem, conversationPath, type ServerApi } from "../server/server_api.ts";
import type { FirstPaint } from "./desk.ts";

export interface FirstPage {
  first: FirstPaint;
  /** The server answers, and knows no conversation of this address. */
  isUnknown: boolean;
}

/** Reads the roster, the conversations and the messages of `conversationId`; what cannot be had is left out. */
export async function readFirstPaint(
  api: ServerApi,
  { conversationId, query = "" }: { conversationId?: string; query?: string },
): Promise<FirstPage> {
  const [agents, conversations, open, messages] = await Promise.all([
    api.agents(),
    api.conversations(query.slice(0, 200)),
    conversationId ? answerOf<ConversationItem>(api, conversationPath(conversationId)) : undefined,
    conversationId ? api.messages(conversationId) : undefined,
  ]);
  const title = open?.answer?.title;
  return {
    first: { conversationId, title, agents: agents?.items, conversations, messages, query, now: Date.now() },
    isUnknown: open?.status === 404,
  };
}
