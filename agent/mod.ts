/** The library that agents are written with. */
import "./command/as_runner.ts";
export { Agent, type AgentOptions } from "./agent.ts";
export type { CommandContext, CommandHandler, CommandSchema } from "./command/functions.ts";
export { startOnlyRunner } from "./command/only_runner.ts";
export { type CommandRules, RunnerClient } from "./command/runner_client.ts";
export type { ConversationMessage, MessageContext, MessageHandler, Request } from "./context.ts";
export { type ErrorCode, ParleyError } from "../shared/error.ts";
export type { Message } from "../shared/model/message.ts";
export type { ChatModel, Turn } from "./chat/model.ts";
export { type ModelAgentOptions, modelHandler } from "./chat/model_agent.ts";
export { type ModelConfig, openModel } from "./chat/open_model.ts";
