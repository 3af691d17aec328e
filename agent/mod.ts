/** The library that agents are written with. */
import "./command/as_runner.ts";
export { Agent } from "./agent.ts";
export type { AgentOptions } from "./agent_options.ts";
export type { FileLogger, FileLoggerOptions, LogStats } from "../shared/audit/file_logger.ts";
export { enableFileLogging, getFileLogger } from "../shared/audit/file_logging.ts";
export type { LoggedMessage } from "../shared/audit/entry.ts";
export type { CommandContext, CommandHandler, CommandSchema } from "./command/functions.ts";
export { startOnlyRunner } from "./command/only_runner.ts";
export { type CommandRules, RunnerClient } from "./command/runner_client.ts";
export { TaskClient, type TaskQuery } from "./task/client.ts";
export type { AnyParameters, Subtask, Task, TaskHandler, TaskHandlerOptions } from "./task/context.ts";
export type { TaskSchema } from "./task/parameters.ts";
export type { ShownTask, TaskRequested } from "./task/wire.ts";
export type {
  ConversationMessage,
  MessageContext,
  MessageHandler,
  ReplyHandler,
  Request,
} from "./context.ts";
export { type ErrorCode, ParleyError } from "../shared/error.ts";
export type { Message } from "../shared/model/message.ts";
export type { ChatModel, Turn } from "./chat/model.ts";
export { type ModelAgentOptions, modelHandler } from "./chat/model_agent.ts";
export { type ModelConfig, openModel } from "./chat/open_model.ts";
export * from "./coordination/mod.ts";
