/** Updates of the roster as gRPC sends them: made and serialised once, however many brokers read them. */
import {
  AgentInfo as WireAgentInfo,
  AgentStatusResponse,
  AgentStatusServiceService,
} from "../../shared/grpc/gen/agent_status.ts";
import type { AgentInfo } from "../../shared/model/agent.ts";

/** Bytes of agents in one frame, so that none comes near the limit of a message. */
const FRAME_BYTES = 1024 * 1024;

const framesOfChanges = new WeakMap<AgentInfo[], AgentStatusResponse[]>();
const serialised = new WeakMap<AgentStatusResponse, Buffer>();

/** The service, which serialises what is sent to several readers for the first of them. */
export const statusServiceDefinition: typeof AgentStatusServiceService = {
  ...AgentStatusServiceService,
  subscribeToAgentStatus: {
    ...AgentStatusServiceService.subscribeToAgentStatus,
    responseSerialize(frame: AgentStatusResponse): Buffer {
      const known = serialised.get(frame);
      if (known) return known;
      const bytes = AgentStatusServiceService.subscribeToAgentStatus.responseSerialize(frame);
      serialised.set(frame, bytes);
      return bytes;
    },
  },
};

/** Gives the frames that tell of everybody. */
export function fullUpdate(all: AgentInfo[]): AgentStatusResponse {
  return { agents: all.map(toWire), isFullUpdate: true };
}

/** Gives the frames that tell what changed: the very same for every reader of the same changes. */
export function framesOfChange(changed: AgentInfo[]): AgentStatusResponse[] {
  const known = framesOfChanges.get(changed);
  if (known) return known;
  const frames = [...framesOf({ agents: changed.map(toWire), isFullUpdate: false })];
  framesOfChanges.set(changed, frames);
  return frames;
}

/** Splits an update into frames of about `mostBytes`, of which only the first is a full update. */
export function* framesOf(
  { agents, isFullUpdate }: AgentStatusResponse,
  mostBytes: number = FRAME_BYTES,
): Generator<AgentStatusResponse> {
  let frame: AgentStatusResponse = { agents: [], isFullUpdate };
  let bytes = 0;
  for (const agent of agents) {
    const size = WireAgentInfo.encode(agent).finish().length;
    if (frame.agents.length > 0 && bytes + size > mostBytes) {
      yield frame;
      frame = { agents: [], isFullUpdate: false };
      bytes = 0;
    }
    frame.agents.push(agent);
    bytes += size;
  }
  yield frame;
}

function toWire(info: AgentInfo): WireAgentInfo {
  return {
    agentId: info.agent_id,
    agentName: info.agent_name,
    isOnline: info.is_online,
    lastSeen: info.last_seen,
    status: info.status,
    statusText: info.status_text,
    agentRole: info.agent_role,
    version: info.version,
    hostname: info.hostname,
    platform: info.platform,
    capabilities: info.capabilities,
    currentTasks: info.current_tasks,
    maxConcurrentTasks: info.max_concurrent_tasks,
    loadFactor: info.load_factor,
    removed: info.removed ?? false,
  };
}
