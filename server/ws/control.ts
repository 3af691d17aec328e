/** Control frames: each is answered by its own type, with what became of it. */
import { type ErrorCode, ParleyError } from "../../shared/error.ts";
import type { Principal } from "../../shared/model/principal.ts";
import type { Connection } from "./connection.ts";
import type { WebSocketEdge } from "./edge.ts";
import type { Frame } from "./frame.ts";

interface Asker {
  connection: Connection;
  principal: Principal;
}

/** Carries out a control frame and answers it. */
export async function answerControl(
  edge: WebSocketEdge,
  { connection, principal }: Asker,
  frame: Frame,
): Promise<void> {
  try {
    const { agentId, text } = await carryOut(edge, principal, frame);
    connection.sendJson(answer(frame, { status: "success", agent_id: agentId, text_payload: text }));
  } catch (thrown) {
    const { code, message } = ParleyError.from(thrown);
    connection.sendJson(answer(frame, { status: "error", code, text_payload: message }));
  }
}

function answer(
  frame: Frame,
  fields: { status: "success" | "error"; code?: ErrorCode; agent_id?: string; text_payload: string },
): Record<string, unknown> {
  return {
    message_type: frame.message_type,
    request_id: frame.request_id,
    agent_id: frame.agent_id,
    message_id: frame.message_id,
    in_reply_to_message_id: frame.in_reply_to_message_id,
    ...fields,
  };
}

async function carryOut(
  edge: WebSocketEdge,
  principal: Principal,
  frame: Frame,
): Promise<{ agentId: string; text: string }> {
  if (frame.message_type === "STOP_REPLY") return await stopReply(edge, principal, frame);
  throw new ParleyError("unsupported_type", `'${frame.message_type}' is not available on this server yet.`);
}

/** Stops the reply to a message of the principal's own: by the agent's command stream, or its socket. */
async function stopReply(
  edge: WebSocketEdge,
  principal: Principal,
  frame: Frame,
): Promise<{ agentId: string; text: string }> {
  const { context, chunks } = edge.options.delivery;
  const replyId = textOf(frame.message_id);
  const askedId = textOf(frame.in_reply_to_message_id) || chunks.answeredBy(replyId) || "";
  const asked = askedId ? await context.origins.load(askedId) : undefined;
  if (!asked || asked.senderId !== principal.id || !asked.receiverId) {
    throw new ParleyError("not_found", "No reply to a message of yours is being written under this id.");
  }
  const agentId = asked.receiverId;
  context.authorize(principal, "control_agent", agentId);
  const about = { message_id: replyId, in_reply_to_message_id: askedId };
  const sent =
    edge.options.commands()?.send(agentId, { type: "stop_reply", parameters: about }) !== undefined ||
    edge.agents.tell(agentId, { message_type: "STOP_REPLY", ...about });
  if (!sent) throw new ParleyError("agent_offline", "The agent cannot be reached now.");
  return { agentId, text: "The agent was told to stop." };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
