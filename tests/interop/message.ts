// What a peer reads and writes as JSON, on a socket and on a queue, in the protocol's own field names.

/** Names the fields that the tests look at; every other field passes through untouched. */
export interface Message {
  message_type: string;
  message_id?: string;
  sender_id?: string;
  receiver_id?: string;
  conversation_id?: string;
  text_payload?: string;
  in_reply_to_message_id?: string;
  routing_status?: string;
  routing_status_message?: string;
  error_details?: string;
  code?: string;
  seq?: number;
  agents?: AgentEntry[];
  is_full_update?: boolean;
  [field: string]: unknown;
}

/** Describes one agent in an `AGENT_STATUS_UPDATE`. */
export interface AgentEntry {
  agent_id: string;
  agent_name: string;
  is_online: boolean;
  status?: string;
  status_text?: string;
  [field: string]: unknown;
}

/** Holds what a status stream and an `AGENT_STATUS_UPDATE` have in common. */
export interface StatusUpdate {
  agents?: Pick<AgentEntry, "agent_id" | "agent_name" | "is_online">[];
  is_full_update?: boolean;
}

/** Tells whether `update` shows `agentId` online, or offline. */
export function shows({ agents = [] }: StatusUpdate, agentId: string, online: boolean): boolean {
  return agents.some(({ agent_id, is_online }) => agent_id === agentId && is_online === online);
}

/** Makes an id that no other run uses: `prefix`, an underscore and twelve letters or digits. */
export function freshId(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
}

/** Writes the answer that `agentId` gives to `question`, addressed to who asked. */
export function replyTo(question: Message, agentId: string, text: string): Message {
  return {
    message_id: freshId("msg"),
    message_type: "REPLY",
    sender_id: agentId,
    receiver_id: question.sender_id,
    conversation_id: question.conversation_id,
    text_payload: text,
    in_reply_to_message_id: question.message_id,
    send_timestamp: new Date().toISOString(),
  };
}
