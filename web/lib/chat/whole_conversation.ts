/** Reads a conversation from its beginning to its end. */
import type { AgentInfo } from "../../../shared/model/agent.ts";
import type { Message } from "../../../shared/model/message.ts";
import { answerOf } from "../server/answer.ts";
import {
  type ConversationItem,
  conversationPath,
  type Listed,
  messagesPath,
  type ServerApi,
} from "../server/server_api.ts";

export interface WholeConversation {
  conversation: ConversationItem;
  /** Oldest first. */
  messages: Message[];
  /** What agents are called now, by their ids. */
  names: Record<string, string>;
}

/** Gives undefined when there is no such conversation. Throws when the server is away, or goes in the middle: half is no export. */
export async function readWhole(api: ServerApi, id: string): Promise<WholeConversation | undefined> {
  const found = await answerOf<ConversationItem>(api, conversationPath(id));
  if (found?.status === 404) return undefined;
  const conversation = found?.answer;
  if (!conversation) throw new Error("The server did not give the conversation.");
  const newestFirst: Message[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query: string = new URLSearchParams({ limit: "100", ...(cursor ? { cursor } : {}) }).toString();
    const page: Listed<Message> | undefined = await api.read(`${messagesPath(id)}?${query}`);
    if (!page) throw new Error("The server did not give all of the conversation.");
    newestFirst.push(...page.items);
    cursor = page.next_cursor;
  }
  return { conversation, messages: newestFirst.reverse(), names: await namesOf(api) };
}

async function namesOf(api: ServerApi): Promise<Record<string, string>> {
  const agents: AgentInfo[] = (await api.agents())?.items ?? [];
  return Object.fromEntries(agents.map(({ agent_id, agent_name }) => [agent_id, agent_name]));
}
