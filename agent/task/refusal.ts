/** What an agent of this library answers to a task in its queue: it is given tasks on a stream, or takes none. */
import { fieldOf } from "../../shared/model/codec.ts";
import { type Message, timestamp } from "../../shared/model/message.ts";

/** Tells whether a message asks its reader to work on a task. */
export function isTaskRequest({ message_type }: Message): boolean {
  return message_type === "TASK_REQUEST" || message_type === "TASK_ASSIGNMENT";
}

/** Makes the `TASK_RESPONSE` that gives a task back, so that another gets it. */
export function refusalOf(
  request: Message & { message_id: string },
  { agentId, replyId }: { agentId: string; replyId: string },
): Message {
  const error_message =
    `The agent ${agentId} takes no tasks from its queue. Ask the server, which knows who does.`;
  const said = {
    task_id: fieldOf(request, "task_id"),
    ...given("attempt", fieldOf(request, "attempt")),
    status: "failed",
    code: "unsupported_type" as const,
    error_message,
  };
  return {
    message_type: "TASK_RESPONSE",
    message_id: replyId,
    sender_id: agentId,
    receiver_id: request.sender_id,
    conversation_id: request.conversation_id,
    in_reply_to_message_id: request.message_id,
    send_timestamp: timestamp(),
    ...said,
    content: said,
  };
}

function given(name: string, value: unknown): Record<string, unknown> {
  return typeof value === "number" ? { [name]: value } : {};
}
