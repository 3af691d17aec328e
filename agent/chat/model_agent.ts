/** The agent that lets a model answer, with the whole conversation before its eyes. */
import type { ConversationMessage, MessageContext, MessageHandler } from "../context.ts";
import { fitting } from "./fitting.ts";
import type { ChatModel, Turn } from "./model.ts";
import { toTurns } from "./prompt.ts";

/** About 12,000 tokens: what small local models can hold beside their answer. */
const DEFAULT_BUDGET = 48_000;
/** As many messages as a server gives at once; the budget decides how many of them are shown. */
const MOST_MESSAGES = 500;

export interface ModelAgentOptions {
  /** What the model is told of itself; `{name}` stands for the agent's name. */
  systemPrompt: string;
  /** Most characters of conversation that the model is shown; default 48,000. */
  budget?: number;
}

/** Creates the handler that asks `model` and shows its answer as it is written. */
export function modelHandler(
  model: ChatModel,
  { systemPrompt, budget = DEFAULT_BUDGET }: ModelAgentOptions,
): MessageHandler {
  return async (context) => {
    if (context.text.trim() === "") return "There was no text in your message. What would you like to know?";
    const turns = toTurns(await historyOf(context, budget), { budget });
    const system: Turn = { role: "system", text: systemPrompt.replaceAll("{name}", context.agent.name) };
    for await (const piece of model.stream([system, ...turns], context.signal)) context.write(piece);
  };
}

async function historyOf(context: MessageContext, budget: number): Promise<Turn[]> {
  const before = (await context.conversation(MOST_MESSAGES)).filter(({ messageId }) =>
    messageId !== context.message.message_id
  );
  return [...before.flatMap((message) => turnOf(message, context.agent.id)), {
    role: "user",
    text: fitting(context.message, budget),
  }];
}

/**
 * Other agents' replies to the person are answers too, though not ours; a reply to us is something said to us. What
 * failed was never answered and is usually asked again: left in, the model would answer it beside the question.
 */
function turnOf(message: ConversationMessage, agentId: string): Turn[] {
  const { messageType, senderId, receiverId, routingStatus, textPayload: text } = message;
  if (messageType !== "TEXT" && messageType !== "REPLY") return [];
  if (routingStatus === "error") return [];
  const isAnswer = senderId === agentId || (messageType === "REPLY" && receiverId !== agentId);
  return [{ role: isAnswer ? "assistant" : "user", text }];
}
