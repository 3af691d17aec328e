/** What a supervisor makes of a message: word of its tasks, of an agent, or something for its program. */
import { ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import { toAgentStatus } from "../../shared/model/agent.ts";
import type { AgentMessage } from "./agent_message.ts";
import type { Directory, Scheduler } from "./backend.ts";
import type { MessageQueueManager } from "./message_queue_manager.ts";
import { statusUpdateOf } from "./task_message.ts";
import { MessageType } from "./vocabulary.ts";

const log = logOf("agent", "coordination");

/** What a supervisor understands by itself. */
export const UNDERSTOOD: readonly string[] = [
  MessageType.TASK_RESPONSE,
  MessageType.COMPLETION,
  MessageType.ERROR_REPORT,
  MessageType.STATUS_UPDATE,
  MessageType.HEARTBEAT,
  // What says that a message of this supervisor's could not be delivered.
  "ERROR",
];

export interface IncomingOptions {
  supervisorId: string;
  scheduler: Scheduler;
  directory: Directory;
  queueManager: MessageQueueManager;
  onMessage: ((message: AgentMessage) => Promise<void> | void) | undefined;
}

/** Processes messages, and finishes them. What fails is given back. Throws `unavailable` when that cannot be told. */
export async function processIncoming(
  messages: readonly AgentMessage[],
  options: IncomingOptions,
): Promise<void> {
  const { queueManager, supervisorId, scheduler } = options;
  const done: AgentMessage[] = [];
  for (const message of messages) {
    if (await isProcessed(message, options)) done.push(message);
    else await queueManager.returnMessage(message.messageId, supervisorId);
  }
  // What is not stored comes again: so it is finished only then.
  await scheduler.store();
  for (const { messageId } of done) await queueManager.markProcessed(messageId, supervisorId);
}

async function isProcessed(message: AgentMessage, options: IncomingOptions): Promise<boolean> {
  try {
    if (!await understand(message, options)) await passOn(message, options);
    return true;
  } catch (thrown) {
    const { code, message: reason } = ParleyError.from(thrown);
    const { messageId, fromAgent } = message;
    log.warning("The message {messageId} of {fromAgent} was not processed: {reason}", {
      messageId,
      fromAgent,
      reason,
    });
    // What says nothing now says nothing later.
    return code === "invalid_message";
  }
}

async function understand(message: AgentMessage, options: IncomingOptions): Promise<boolean> {
  switch (message.messageType) {
    case MessageType.TASK_RESPONSE:
    case MessageType.COMPLETION:
    case MessageType.ERROR_REPORT:
      return await options.scheduler.hear(message);
    case MessageType.STATUS_UPDATE:
    case MessageType.HEARTBEAT:
      return await noteStatus(message, options.directory);
    default:
      return false;
  }
}

async function noteStatus(message: AgentMessage, directory: Directory): Promise<boolean> {
  const { agentId, status, currentTasks } = statusUpdateOf(message);
  return await directory.seen(agentId, {
    status: toAgentStatus(status, currentTasks ? 1 : 0),
    currentTasks,
  });
}

async function passOn(message: AgentMessage, { onMessage }: IncomingOptions): Promise<void> {
  if (onMessage) return await onMessage(message);
  const { messageType, fromAgent, content, further } = message;
  const reason = further.error_details ?? content.error_message ?? "";
  log.warning("{messageType} of {fromAgent}, about none of the tasks here: {reason}", {
    messageType,
    fromAgent,
    reason,
  });
}
