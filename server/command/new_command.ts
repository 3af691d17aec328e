/** A command as somebody asks for it: what is wrong with it, and the record that is kept of it. */
import { ParleyError } from "../../shared/error.ts";
import { type CommandRecord, type NewCommand, NOTHING_YET } from "../../shared/model/command.ts";
import { isPeerId, newId } from "../../shared/model/id.ts";
import { timestamp } from "../../shared/model/message.ts";

/** What the server itself tells agents down the same stream, and where people ask for it. */
const CONTROL_TYPES = new Set(["pause", "resume", "stop_reply", "shutdown"]);
/** Types whose content is a text that an interpreter runs, and whose arguments are that text's. */
const SCRIPTS = new Set(["script", "python"]);
const LONGEST_CONTENT = 500_000;
const CONTROL_CHARACTER = /\p{Cc}/u;

export interface Asked {
  agentId: string;
  /** Whose command it is. */
  requestedBy: string;
  defaultTimeoutS: number;
  nowMs: number;
}

/**
 * Makes the record of a command that waits. Throws `invalid_message` naming the field at fault, `unsupported_type` for
 * what is no command, and `too_large` for more than an agent can be sent.
 */
export function newRecord(
  command: NewCommand & { command_id?: string | undefined },
  asked: Asked,
): CommandRecord {
  const args = command.arguments ?? [];
  const type = typeOf(command.type);
  const content = contentOf({ ...command, type }, args);
  return {
    command_id: idOf(command.command_id, asked.nowMs),
    agent_id: asked.agentId,
    type,
    content,
    arguments: args,
    parameters: command.parameters ?? {},
    timeout_s: command.timeout_s ?? asked.defaultTimeoutS,
    if_offline: command.if_offline,
    status: "waiting",
    ...NOTHING_YET,
    created_at: timestamp(asked.nowMs),
    requested_by: asked.requestedBy,
  };
}

/** Writes words as one line that every POSIX shell splits into them again. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
    .join(" ");
}

function idOf(wanted: string | undefined, nowMs: number): string {
  if (wanted === undefined) return newId("cmd", nowMs);
  if (isPeerId(wanted, "cmd")) return wanted;
  throw fault(
    "command_id",
    "allowed are 1 to 100 of A-Z a-z 0-9 _ . : -, without the prefix of another kind.",
  );
}

/** Gives a type as agents read it: they take `Shell` for `shell`, and the names of their own functions as they are. */
function typeOf(type: string): string {
  if (CONTROL_TYPES.has(type.trim().toLowerCase())) {
    const way = "Use the control of that name, such as POST /api/agents/:id/pause.";
    throw new ParleyError("unsupported_type", `A '${type}' is no command of its own. ${way}`);
  }
  if (CONTROL_CHARACTER.test(type)) throw fault("type", "control characters are not allowed.");
  const small = type.toLowerCase();
  return small === "shell" || SCRIPTS.has(small) ? small : type;
}

/** Arguments are a program's own words: they are passed on as they are, and two ways to say it must say the same. */
function requireArguments({ type, content }: NewCommand, args: string[]): void {
  if (args.some((word) => word.includes("\0"))) {
    throw fault("arguments", "a program cannot be given a NUL character.");
  }
  if (type === "shell" && args.length > 0 && content !== "" && content !== shellLine(args)) {
    throw fault("content", "it differs from 'arguments'. Leave one of them out.");
  }
}

/** Agents of others read `content` alone. */
function contentOf(command: NewCommand, args: string[]): string {
  requireArguments(command, args);
  const { type, content } = command;
  const isScript = SCRIPTS.has(type);
  const line = content === "" && !isScript ? shellLine(args) : content;
  if ((isScript || type === "shell") && line.trim() === "") throw fault("content", "say what is to run.");
  if (line.length > LONGEST_CONTENT) {
    throw new ParleyError(
      "too_large",
      `A command may have ${LONGEST_CONTENT} characters, its arguments included.`,
    );
  }
  return line;
}

function fault(field: string, what: string): ParleyError {
  return new ParleyError("invalid_message", `Field '${field}': ${what}`);
}
