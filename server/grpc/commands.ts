/** The agents' command streams: how pause, resume, stop and shutdown reach an agent without waiting behind its queue. */
import { Metadata, type ServerWritableStream } from "@grpc/grpc-js";
import type { Command, CommandStreamRequest } from "../../shared/grpc/gen/agent_registration.ts";
import { newId } from "../../shared/model/id.ts";
import { claimed } from "../authorize.ts";
import { type Edge, requireText, sessionKeyOf } from "./edge.ts";

/** What an agent can be told; the rest of a `Command` is filled in. */
export interface CommandDraft {
  type: string;
  content?: string;
  parameters?: Record<string, string>;
  isCancellation?: boolean;
}

type CommandCall = ServerWritableStream<CommandStreamRequest, Command>;

/** Knows the open command stream of each agent. */
export class Commands {
  /** Called when an agent has opened its stream. */
  onArrival: (agentId: string) => void = () => {};
  readonly #calls = new Map<string, CommandCall>();

  constructor(readonly edge: Edge) {}

  /** Sends a command down the agent's stream. Gives its id, or undefined when the agent has no stream open. */
  send(agentId: string, draft: CommandDraft): string | undefined {
    const call = this.#calls.get(agentId);
    if (!call) return undefined;
    const commandId = newId("cmd");
    call.write({ content: "", parameters: {}, isCancellation: false, ...draft, commandId });
    return commandId;
  }

  /** Holds an agent's command stream open: it is the agent's presence. */
  readonly receive = (call: CommandCall): void => {
    this.edge.holdWritten(call, { kind: "commands", begin: () => this.#begin(call) });
  };

  #begin(call: CommandCall): Disposable {
    const agentId = requireText("agent_id", call.request.agentId);
    this.edge.authorize(claimed("agent", agentId), "receive_commands", agentId);
    const connection = this.edge.roster.open(agentId, "commands", sessionKeyOf(call.metadata));
    connection.ended.addEventListener("abort", () => this.edge.end(call, connection.ended.reason));
    this.#calls.set(agentId, call);
    call.sendMetadata(new Metadata());
    this.onArrival(agentId);
    return {
      [Symbol.dispose]: () => {
        if (this.#calls.get(agentId) === call) this.#calls.delete(agentId);
        connection[Symbol.dispose]();
      },
    };
  }
}
