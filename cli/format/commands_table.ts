/** Commands as a table, and one of them in full. */
import type { CommandRecord } from "../../shared/model/command.ts";
import type { Shown } from "./agents_table.ts";
import { oneLine } from "./harmless.ts";
import { colourOf, paint } from "./paint.ts";
import { tableOf } from "./table.ts";
import { duration, timeAgo } from "./time.ts";

/** Draws commands, in the order given. `nameOf` gives an agent's name. */
export function commandsTable(
  commands: readonly CommandRecord[],
  { nowMs, nameOf, ...options }: Shown & { nameOf: (agentId: string) => string },
): string {
  return tableOf(commands, [
    { title: "ID", cell: (command) => command.command_id, isWhole: true },
    { title: "AGENT", cell: ({ agent_id }) => nameOf(agent_id), goes: 2 },
    {
      title: "STATUS",
      cell: ({ status }) => status,
      colour: ({ status }) => colourOf(status),
      isWhole: true,
    },
    { title: "EXIT", cell: exitOf, isNumber: true, isWhole: true, goes: 3 },
    { title: "TOOK", cell: tookOf, isNumber: true, isWhole: true, goes: 5 },
    { title: "ASKED", cell: ({ created_at }) => timeAgo(created_at, nowMs), isWhole: true, goes: 4 },
    { title: "WHAT", cell: whatOf, least: 24, goes: 1 },
  ], options);
}

/** What the program said at its end; an error's code where it did not end by itself. */
function exitOf({ exit_code, signal, code }: CommandRecord): string {
  return signal ?? code ?? String(exit_code ?? "");
}

function tookOf({ execution_time_ms }: CommandRecord): string {
  return execution_time_ms === null ? "" : duration(execution_time_ms);
}

function whatOf({ type, content, description }: CommandRecord): string {
  return type === "shell" ? content : description ?? `${type} ${content}`;
}

/** Shows one command: what it is, what became of it, and what it printed, for which `output` is made harmless. */
export function commandInFull(
  command: CommandRecord,
  { isColoured }: { isColoured: boolean },
  output: string,
): string {
  const facts: [string, string | null][] = [
    ["command", command.command_id],
    ["agent", command.agent_id],
    ["what", whatOf(command)],
    ["status", command.status],
    ["exit", exitOf(command) || null],
    ["took", tookOf(command) || null],
    ["asked", `${command.created_at} by ${command.requested_by}`],
    ["ended", command.ended_at],
    ["error", command.error_message],
    ["to approve", command.approval?.description ?? null],
    ["not kept", command.truncated_bytes > 0 ? `${command.truncated_bytes} bytes from the middle` : null],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value ? [`${paint(name.padEnd(10), isColoured ? "bold" : undefined)}  ${oneLine(value)}\n`] : []
  );
  const end = output === "" || output.endsWith("\n") ? "" : "\n";
  return lines.join("") + (output && "\n") + output + end;
}
