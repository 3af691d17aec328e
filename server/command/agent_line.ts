/** How a command reaches its agent: what is written, by whichever stream or socket is open. */
import type { CommandRecord } from "../../shared/model/command.ts";
import type { Telling } from "./transition.ts";

/** What is written to an agent, as gRPC's `Command` has it; sockets take the same in snake_case. */
export interface CommandToAgent {
  commandId: string;
  type: string;
  content: string;
  parameters: Record<string, string>;
  isCancellation: boolean;
  arguments: string[];
  timeoutS: number;
  approvedDigest: string;
  deniedDigest: string;
}

/** A kind of stream or socket that agents hold open. */
export interface AgentLine {
  /** Whether one that stands means that the agent is there; otherwise the roster says it. */
  readonly noticesSilence: boolean;
  isOpen(agentId: string): boolean;
  /** Writes a command, without waiting. Gives false when the agent holds none open here. */
  write(agentId: string, command: CommandToAgent): boolean;
}

/** Makes what is written to an agent. What only concerns a command says nothing that could be run. */
export function toAgent(command: CommandRecord, telling: Telling): CommandToAgent {
  const about: CommandToAgent = {
    commandId: command.command_id,
    type: command.type,
    content: "",
    parameters: {},
    isCancellation: "cancel" in telling,
    arguments: [],
    timeoutS: 0,
    approvedDigest: "approved" in telling ? telling.approved : "",
    deniedDigest: "denied" in telling ? telling.denied : "",
  };
  if ("cancel" in telling || "denied" in telling) return about;
  const { content, parameters, arguments: args, timeout_s: timeoutS } = command;
  return { ...about, content, parameters, arguments: args, timeoutS };
}
