/** `agent_registration.AgentRegistrationService`: how agents come, stay, and go. */
import type {
  AgentRegistrationRequest,
  AgentRegistrationServiceServer,
  CommandResult,
  HeartbeatRequest,
} from "../../shared/grpc/gen/agent_registration.ts";
import { splitCapabilities } from "../../shared/model/agent.ts";
import { type Action, claimed } from "../authorize.ts";
import type { CommandCenter } from "../command/center.ts";
import type { RawResult } from "../command/outcome.ts";
import type { AgentRegistration } from "../roster.ts";
import { createReportCommands } from "./command_reports.ts";
import type { Commands } from "./commands.ts";
import { type Edge, requireText, sessionKeyOf } from "./edge.ts";

export function createRegistrationService(
  edge: Edge,
  { commands, center }: { commands: Commands; center: CommandCenter },
): AgentRegistrationServiceServer {
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
    sendCommandResult: edge.answer(async (result: CommandResult, metadata) => {
      const { commandId, agentId } = result;
      requireText("command_id", commandId);
      ownCall(agentId, "report_command");
      roster.requireAgent(agentId, sessionKeyOf(metadata));
      if (!commands.isControl(agentId, commandId)) await center.result(agentId, commandId, toRaw(result));
      return { received: true, message: "" };
    }),
    reportCommands: createReportCommands(edge, (...report) => center.report(...report)),
  };
}

function toRaw(result: CommandResult): RawResult {
  return {
    success: result.success,
    output: result.output,
    error_message: result.errorMessage,
    exit_code: result.exitCode,
    execution_time_ms: Number(result.executionTimeMs),
    status: result.status,
    code: result.code,
    truncated_bytes: Number(result.truncatedBytes),
    signal: result.signal,
    output_pieces: result.outputPieces,
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
