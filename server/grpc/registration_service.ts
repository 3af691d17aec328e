/** `agent_registration.AgentRegistrationService`: how agents come, stay, and go. */
import type {
  AgentRegistrationRequest,
  AgentRegistrationServiceServer,
  CommandResult,
  HeartbeatRequest,
} from "../../shared/grpc/gen/agent_registration.ts";
import { logOf } from "../../shared/log.ts";
import { splitCapabilities } from "../../shared/model/agent.ts";
import { type Action, claimed } from "../authorize.ts";
import type { AgentRegistration } from "../roster.ts";
import type { Commands } from "./commands.ts";
import { type Edge, requireText, sessionKeyOf } from "./edge.ts";

const log = logOf("server", "grpc", "registration");

export function createRegistrationService(edge: Edge, commands: Commands): AgentRegistrationServiceServer {
  const { roster } = edge;
  const ownCall = (agentId: string, action: Action) => {
    requireText("agent_id", agentId);
    edge.authorize(claimed("agent", agentId), action, agentId);
  };
  return {
    registerAgent: edge.answer(async (request: AgentRegistrationRequest) => {
      edge.authorize(claimed("agent", request.agentId), "register", request.agentId || "*");
      const { agentId, agentName, sessionKey } = await roster.register(toRegistration(request));
      const message = `Registered ${agentName} as ${agentId}.`;
      return { success: true, message, serverAssignedId: agentId, sessionKey };
    }),
    unregisterAgent: edge.answer(async ({ agentId }: { agentId: string }, metadata) => {
      ownCall(agentId, "unregister");
      const success = await roster.unregister(agentId, "it asked for it", sessionKeyOf(metadata));
      return { success, message: success ? `${agentId} is offline.` : `${agentId} was not registered.` };
    }),
    sendHeartbeat: edge.answer(({ agentId, status, metrics }: HeartbeatRequest, metadata) => {
      ownCall(agentId, "heartbeat");
      roster.heartbeat(agentId, { status, metrics }, sessionKeyOf(metadata));
      return { success: true, interval: roster.heartbeatIntervalS };
    }),
    receiveCommands: commands.receive,
    sendCommandResult: edge.answer((result: CommandResult, metadata) => {
      const { commandId, agentId, success, errorMessage } = result;
      requireText("command_id", commandId);
      ownCall(agentId, "report_command");
      roster.requireAgent(agentId, sessionKeyOf(metadata));
      log.debug("Agent {agentId} ended command {commandId}", { agentId, commandId, success, errorMessage });
      return { received: true, message: "" };
    }),
  };
}

function toRegistration(request: AgentRegistrationRequest): AgentRegistration {
  return {
    ...request,
    ...splitCapabilities(request.capabilities),
    connectionType: "grpc",
    delivery: "queue",
  };
}
