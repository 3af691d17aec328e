/** Commands of agents on sockets: the frames in which they get them, and say what becomes of them. */
import { z } from "zod";
import { ParleyError } from "../../shared/error.ts";
import { check } from "../../shared/model/codec.ts";
import type { CommandToAgent } from "../command/agent_line.ts";
import type { CommandCenter } from "../command/center.ts";
import type { CommandNews, RawResult } from "../command/outcome.ts";
import type { Connection } from "./connection.ts";
import type { Frame } from "./frame.ts";

const LONGEST_ID = 100;
const LONGEST_TEXT = 8 * 1_048_576;

const commandId = z.string().min(1, "a value is required").max(LONGEST_ID);
const text = z.string().max(LONGEST_TEXT).nullish().transform((given) => given ?? "");
const count = z.number().nullish().transform((given) => given ?? 0);

const resultSchema = z.looseObject({
  command_id: commandId,
  success: z.boolean().nullish(),
  output: text,
  error_message: text,
  exit_code: z.int().nullish().transform((given) => given ?? null),
  execution_time_ms: count,
  status: text,
  code: text,
  truncated_bytes: count,
  signal: text,
  output_pieces: count,
});

const sequence = z.int().min(0);
const reportSchema = z.looseObject({
  command_id: commandId,
  started: z.looseObject({ description: text }).nullish(),
  output: z.looseObject({
    sequence,
    text: z.string(),
    stream: z.enum(["stdout", "stderr"]).catch("stdout"),
  }).nullish(),
  approval_needed: z.looseObject({
    digest: z.string(),
    description: text,
    expires_in_s: z.number().min(0),
  }).nullish(),
});

/** Writes what an agent is told of a command. */
export function commandFrame(command: CommandToAgent): Record<string, unknown> {
  return {
    message_type: "COMMAND",
    command_id: command.commandId,
    type: command.type,
    content: command.content,
    parameters: command.parameters,
    is_cancellation: command.isCancellation,
    arguments: command.arguments,
    timeout_s: command.timeoutS,
    approved_digest: command.approvedDigest,
    denied_digest: command.deniedDigest,
  };
}

/** Takes a `COMMAND_REPORT`. Throws `invalid_message` naming the field at fault. */
export function takeReport(center: CommandCenter, agentId: string, frame: Frame): void {
  const report = check(reportSchema, frame);
  const news = newsOf(report);
  if (!news) {
    const allowed = "'started', 'output' or 'approval_needed'";
    throw new ParleyError("invalid_message", `Field 'command_report': one of ${allowed} is required.`);
  }
  center.report(agentId, report.command_id, news);
}

/** Takes a `COMMAND_RESULT`, and answers it once it is kept; what is wrong with it is told with its `command_id`. */
export async function takeResult(
  center: CommandCenter,
  { agentId, connection }: { agentId: string; connection: Connection },
  frame: Frame,
): Promise<void> {
  const command_id = typeof frame.command_id === "string" ? frame.command_id.slice(0, LONGEST_ID) : undefined;
  try {
    const raw = rawOf(frame);
    await center.result(agentId, raw.command_id, raw);
    connection.sendJson({ message_type: "COMMAND_RESULT_RESPONSE", status: "success", command_id });
  } catch (thrown) {
    connection.fail(thrown, { command_id });
  }
}

function rawOf(frame: Frame): RawResult & { command_id: string } {
  const { success, ...raw } = check(resultSchema, frame);
  if (typeof success === "boolean" || raw.status !== "") return { ...raw, success: success === true };
  throw new ParleyError("invalid_message", "Field 'success': expected true or false.");
}

function newsOf({ started, output, approval_needed }: z.infer<typeof reportSchema>): CommandNews | undefined {
  if (started) return { kind: "started", description: started.description };
  if (output) return { kind: "output", sequence: output.sequence, text: output.text, stream: output.stream };
  if (!approval_needed) return undefined;
  const { digest, description, expires_in_s: expiresInS } = approval_needed;
  return { kind: "approval_needed", digest, description, expiresInS };
}
