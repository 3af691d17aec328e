/** `history`: when an agent was there, and why not. */
import { prefixOf } from "../../shared/model/id.ts";
import type { Listed } from "../api.ts";
import type { Availability, PresenceChange } from "../../shared/model/presence.ts";
import { availabilityOf, historyTable } from "../format/history_table.ts";
import { parseTime } from "../format/time.ts";
import { resolve } from "../names.ts";
import type { Workplace } from "../workplace.ts";

export interface HistoryOptions {
  from?: string;
  to?: string;
  limit: number;
}

type History = Listed<PresenceChange> & { availability: Availability };

export async function history(
  agent: string,
  { from, to, limit }: HistoryOptions,
  { api, screen }: Workplace,
): Promise<void> {
  const nowMs = Date.now();
  const time = (text: string | undefined) => text === undefined ? undefined : parseTime(text, nowMs);
  const query = { from: time(from), to: time(to) };
  const kind = prefixOf(agent) === "broker" ? "brokers" : "agents";
  const path = `/api/${kind}/${encodeURIComponent(await resolve(api, agent))}/history`;
  const found = await api.list<PresenceChange>(path, query, limit) as History;
  if (screen.isJson) return screen.document(found);
  const { width, isColoured } = screen;
  if (found.items.length > 0) screen.out(historyTable(found.items, { width, isColoured, nowMs }));
  screen.out(availabilityOf(found.availability) + "\n");
}
