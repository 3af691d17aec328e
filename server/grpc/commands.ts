/** The agents' command streams: how commands, pause, resume, stop and shutdown reach an agent without waiting behind its queue. */
import { Metadata, type ServerWritableStream } from "@grpc/grpc-js";
import type { Command, CommandStreamRequest } from "../../shared/grpc/gen/agent_registration.ts";
import { newId } from "../../shared/model/id.ts";
import { Recent } from "../../shared/recent.ts";
import { claimed } from "../authorize.ts";
import type { AgentLine, CommandToAgent } from "../command/agent_line.ts";
import { type Edge, requireText, sessionKeyOf } from "./edge.ts";

/** What an agent can be told; the rest of a `Command` is filled in. */
export interface CommandDraft {
  type: string;
  content?: string;
  parameters?: Record<string, string>;
}

/** Who is told which agents can be reached. */
export interface Reached {
  opened(agentId: string, known?: readonly string[]): void;
  closed(agentId: string): void;
}

/** Controls whose results are expected, at most. */
const REMEMBERED = 1_000;
const NOTHING: Command = {
  commandId: "",
  type: "",
  content: "",
  parameters: {},
  isCancellation: false,
  arguments: [],
  timeoutS: 0,
  approvedDigest: "",
  deniedDigest: "",
};

type CommandCall = ServerWritableStream<CommandStreamRequest, Command>;

/** Knows the open command stream of each agent. */
export class Commands implements AgentLine {
  /** Keepalive ends the stream of an agent that is silent. */
  readonly noticesSilence = true;
  /** Called when an agent has opened its stream. */
  onArrival: (agentId: string) => void = () => {};
  readonly #calls = new Map<string, CommandCall>();
  /** Which agent was told what by `send`. */
  readonly #controls = new Recent<string>(REMEMBERED);

  constructor(readonly edge: Edge, readonly reached: Reached) {}

  /** Tells an agent something that is no command of anybody's. Gives its id, or undefined when it has no stream open. */
  send(agentId: string, draft: CommandDraft): string | undefined {
    const commandId = newId("cmd");
    if (!this.write(agentId, { ...NOTHING, ...draft, commandId })) return undefined;
    this.#controls.set(commandId, agentId);
    return commandId;
  }

  /** Tells whether `send` gave this id to what that agent was told: nobody waits for the result. */
  isControl(agentId: string, commandId: string): boolean {
    return this.#controls.get(commandId) === agentId;
  }

  isOpen(agentId: string): boolean {
    return this.#calls.has(agentId);
  }

  write(agentId: string, command: CommandToAgent): boolean {
    const call = this.#calls.get(agentId);
    return call !== undefined && !call.cancelled && call.write(command) !== undefined;
  }

  /** Holds an agent's command stream open: it is the agent's presence. */
  readonly receive = (call: CommandCall): void => {
    this.edge.holdWritten(call, { kind: "commands", begin: () => this.#begin(call) });
  };

  #begin(call: CommandCall): Disposable {
    const { agentId, tellsCommands, commandIds } = call.request;
    requireText("agent_id", agentId);
    this.edge.authorize(claimed("agent", agentId), "receive_commands", agentId);
    const connection = this.edge.roster.open(agentId, "commands", sessionKeyOf(call.metadata));
    connection.ended.addEventListener("abort", () => this.#giveUp(call, connection.ended.reason));
    this.#calls.set(agentId, call);
    call.sendMetadata(new Metadata());
    this.onArrival(agentId);
    this.reached.opened(agentId, tellsCommands ? commandIds : undefined);
    return {
      [Symbol.dispose]: () => {
        this.#forget(call);
        connection[Symbol.dispose]();
        this.reached.closed(agentId);
      },
    };
  }

  /** Nothing is written any more to a stream that is being ended: it would be lost. */
  #giveUp(call: CommandCall, reason: unknown): void {
    this.#forget(call);
    this.edge.end(call, reason);
  }

  #forget(call: CommandCall): void {
    const { agentId } = call.request;
    if (this.#calls.get(agentId) === call) this.#calls.delete(agentId);
  }
}
