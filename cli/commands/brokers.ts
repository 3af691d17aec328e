/** `brokers`: which brokers decide. */
import { type BrokerShown, brokersTable } from "../format/agents_table.ts";
import type { Workplace } from "../workplace.ts";

export async function brokers({ api, screen }: Workplace): Promise<void> {
  const found = await api.list<BrokerShown>("/api/brokers");
  if (screen.isJson) return screen.document(found);
  if (found.items.length === 0) return screen.say("No broker is known.");
  const { width, isColoured } = screen;
  screen.out(brokersTable(found.items, { width, isColoured, nowMs: Date.now() }));
}
