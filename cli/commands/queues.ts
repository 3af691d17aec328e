/** `queues`: how many messages wait where, and putting them all aside. */
import { EXIT } from "../exit_code.ts";
import { UsageError } from "../fault.ts";
import { oneLine } from "../format/harmless.ts";
import { type Column, tableOf } from "../format/table.ts";
import type { Listed } from "../api.ts";
import type { Workplace } from "../workplace.ts";

type QueueShown = Record<string, unknown>;

export async function queues({ api, screen }: Workplace): Promise<void> {
  const found = await api.get<Listed<QueueShown>>("/api/queues");
  if (screen.isJson) return screen.document(found);
  if (found.items.length === 0) return screen.say("No queue is known.");
  const { width, isColoured } = screen;
  screen.out(tableOf(found.items, columnsOf(found.items[0]!), { width, isColoured }));
}

/** What the server counts is what is shown. */
function columnsOf(first: QueueShown): Column<QueueShown>[] {
  return Object.entries(first).map(([name, value]) => ({
    title: name.replaceAll("_", " ").toUpperCase(),
    cell: (row) => String(row[name] ?? ""),
    isNumber: typeof value === "number",
  }));
}

export async function reset({ yes }: { yes?: boolean }, { api, screen }: Workplace): Promise<number | void> {
  if (!yes && !screen.canAsk) throw new UsageError("This empties every queue. Say --yes if that is meant.");
  if (!yes && !await screen.confirms("Empty every queue into the dead letters?")) return EXIT.failed;
  const answer = await api.post<Record<string, unknown>>("/api/queues/reset");
  if (screen.isJson) return screen.document(answer);
  screen.out(`${oneLine(String(answer.message ?? "Done."))}\n`);
}
