/** What watchers of commands are told, and which of them may see which. */
import type { CommandRecord } from "../../shared/model/command.ts";
import type { Principal } from "../../shared/model/principal.ts";
import { Watchers } from "../watchers.ts";

/** Which commands are watched: one, those of an agent, or all that may be seen. */
export interface Watched {
  commandId?: string | undefined;
  agentId?: string | undefined;
}

export interface Piece {
  sequence: number;
  text: string;
  stream: "stdout" | "stderr";
}

/** Those who watch commands: told of every change, and by `printedFrame` of what is printed. */
export type CommandWatchers = Watchers<CommandRecord, Watched>;

/** `find` gives a command as it stands, for those who missed something of it. */
export function createCommandWatchers(
  find: (commandId: string) => Promise<CommandRecord | undefined>,
): CommandWatchers {
  return new Watchers({
    find,
    idOf: ({ command_id }) => command_id,
    frameOf: (command) => JSON.stringify({ message_type: "COMMAND_UPDATE", command }),
    matches: ({ commandId, agentId }, command) =>
      (commandId === undefined || commandId === command.command_id) &&
      (agentId === undefined || agentId === command.agent_id),
    maySee,
    catchUpMs: 50,
  });
}

/** Writes what a command has printed. */
export function printedFrame({ command_id, agent_id }: CommandRecord, piece: Piece): string {
  return JSON.stringify({ message_type: "COMMAND_OUTPUT", command_id, agent_id, ...piece });
}

/** Tells whether somebody may see a command: the rule of the store, for what is told without asking it. */
export function maySee({ kind, id }: Principal, command: CommandRecord): boolean {
  if (kind === "server") return true;
  if (kind === "person") return command.requested_by === id;
  return kind === "agent" && command.agent_id === id;
}
