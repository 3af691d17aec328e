/** Control frames: each is answered by its own type, with what became of it. */
import { type ErrorCode, ParleyError } from "../../shared/error.ts";
import { logOf } from "../../shared/log.ts";
import type { Principal } from "../../shared/model/principal.ts";
import { AGENT_ACTIONS } from "../control/agent_control.ts";
import type { Control } from "../control/control.ts";
import type { Connection } from "./connection.ts";
import type { StoppedReply } from "../errands.ts";
import type { WebSocketEdge } from "./edge.ts";
import { type Frame, unsupportedType } from "./frame.ts";

const log = logOf("server", "ws");

interface Asker {
  connection: Connection;
  principal: Principal;
}

/** What a control frame is answered with beside its own fields. */
type Answer = { text_payload: string } & Record<string, unknown>;

/** Carries out a control frame and answers it. */
export async function answerControl(
  edge: WebSocketEdge,
  { connection, principal }: Asker,
  frame: Frame,
): Promise<void> {
  try {
    connection.sendJson(answer(frame, { status: "success", ...await carryOut(edge, principal, frame) }));
  } catch (thrown) {
    const error = ParleyError.from(thrown);
    const { code, message } = error;
    if (code === "internal") log.error("A control frame failed: {cause}", { cause: error.cause ?? error });
    connection.sendJson(answer(frame, { status: "error", code, text_payload: message }));
  }
}

function answer(
  frame: Frame,
  fields: Answer & { status: "success" | "error"; code?: ErrorCode },
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

async function carryOut(edge: WebSocketEdge, principal: Principal, frame: Frame): Promise<Answer> {
  const { control } = edge.options;
  switch (frame.message_type) {
    case "STOP_REPLY":
      return await stopReply(edge, principal, frame);
    case "RESET_ALL_QUEUES": {
      const { queues, messages, text } = await control.resetQueues(principal);
      return { queues, messages, text_payload: text };
    }
    default:
      return await controlAgents(control, principal, frame);
  }
}

/** Carries out what one agent is named for, or all are meant by. */
async function controlAgents({ agents }: Control, principal: Principal, frame: Frame): Promise<Answer> {
  const [, name = "", all] = /^([A-Z]+)(_ALL)?_AGENTS?$/.exec(frame.message_type) ?? [];
  const action = AGENT_ACTIONS.find((each) => each === name.toLowerCase());
  if (!action) throw unsupportedType(frame.message_type);
  if (all) {
    const { agentIds, text } = await agents.all(principal, action);
    const changed_count = agentIds.length;
    return { agent_ids: agentIds, changed: changed_count > 0, changed_count, text_payload: text };
  }
  const { agentId, changed, text } = await agents.one(principal, action, textOf(frame.agent_id));
  return { agent_id: agentId, changed, text_payload: text };
}

/** Stops the reply to a message of the principal's own: by the agent's command stream, or its socket. */
async function stopReply(
  edge: WebSocketEdge,
  principal: Principal,
  frame: Frame,
): Promise<Answer> {
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
  if (!tellToStop(edge, agentId, about)) {
    throw new ParleyError("agent_offline", "The agent cannot be reached now.");
  }
  return { agent_id: agentId, text_payload: "The agent was told to stop." };
}

/** Tells an agent, or the server that has it, to stop a reply. Gives false when it cannot be reached. */
export function tellToStop(edge: WebSocketEdge, agentId: string, about: StoppedReply): boolean {
  const { roster, commands, delivery: { context: { errands } } } = edge.options;
  const agent = roster.get(agentId);
  if (agent && roster.isElsewhere(agentId)) {
    if (agent.isOnline) errands.say(agent.serverId, { kind: "stop_reply", agentId, about });
    return agent.isOnline;
  }
  return commands()?.send(agentId, { type: "stop_reply", parameters: about }) !== undefined ||
    edge.agents.tell(agentId, { message_type: "STOP_REPLY", ...about });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
