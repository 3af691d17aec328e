/** An agent called Ada, and what it is asked in tests. */
import type { Message } from "../../shared/model/message.ts";
import { Agent } from "../agent.ts";
import type { AgentOptions } from "../agent_options.ts";
import type { MessageHandler } from "../context.ts";
import type { TestHub } from "./hub.ts";

export const ID = "agent_ada";

export function ask(text: string, more: Partial<Message> = {}): Message {
  return {
    message_id: `msg_${text}`,
    message_type: "TEXT",
    sender_id: "web_1",
    conversation_id: "conv_1",
    text_payload: text,
    ...more,
  };
}

/** Starts the agent on `hub`; it ends when it is disposed of. */
export async function started(hub: TestHub, handler: MessageHandler, options: Partial<AgentOptions> = {}) {
  const agent = new Agent({ name: "Ada", id: ID, server: hub.address, ...options }).onMessage(handler);
  await agent.start();
  return agent;
}
