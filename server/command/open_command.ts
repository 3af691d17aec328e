/** A command that has not ended, as this server holds it in memory. */
import { type CommandRecord, isEnded, MOST_OUTPUT_BYTES } from "../../shared/model/command.ts";
import { BoundedOutput, cutMiddle } from "../../shared/model/cut_middle.ts";
import type { CommandEvent } from "./transition.ts";

/** Bytes of each command's output in a list. */
const LISTED_OUTPUT_BYTES = 4_096;

export interface OpenCommand {
  /** As it is kept; what it prints is added by `shown`. */
  record: CommandRecord;
  /** What it printed: what was kept of that when it was taken for ended, and all since this server holds it. */
  readonly output: BoundedOutput;
  /** The number that the next piece of its output must at least have. */
  nextSequence: number;
  /** Whether it may have reached its agent. */
  isWritten: boolean;
}

export function openCommand(record: CommandRecord): OpenCommand {
  const output = new BoundedOutput(MOST_OUTPUT_BYTES);
  output.append(record.output);
  return { record, output, nextSequence: 0, isWritten: record.sent_at !== null };
}

/** Gives a command as people see it now: while it has not ended, with what it printed so far. */
export function shown({ record, output }: OpenCommand): CommandRecord {
  if (output.bytes === 0 || isEnded(record.status)) return record;
  const { text, truncatedBytes } = output.cut();
  return { ...record, output: text, truncated_bytes: record.truncated_bytes + truncatedBytes };
}

/** Gives a command as it stands in a list: with the beginning and the end of its output. */
export function listed(command: CommandRecord): CommandRecord {
  const { text: output, truncatedBytes } = cutMiddle(command.output, LISTED_OUTPUT_BYTES);
  return { ...command, output, truncated_bytes: command.truncated_bytes + truncatedBytes };
}

/** Gives what is kept of the output of a command that ends without its agent's word. */
export function printedBy(open: OpenCommand, event: CommandEvent): Partial<CommandRecord> {
  if (event.kind === "result") return {};
  const { output, truncated_bytes } = shown(open);
  return { output, truncated_bytes };
}
