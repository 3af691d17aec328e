/** What a server that starts finds of the roster before it, and how it goes on with that. */
import { serverPrincipal } from "../../shared/model/principal.ts";
import type { PeerRow } from "../../shared/store/store.ts";
import type { Brokers } from "../brokers.ts";
import type { RosterOptions } from "../roster.ts";
import { type Agent, fromAgentRow, fromRowElsewhere } from "./agent.ts";
import { systemClock } from "./clock.ts";
import type { History } from "./history.ts";
import { FORGET_MS, forgetGone, noteRestart, wentOffline } from "./last_alive.ts";
import type { RosterWriter } from "./roster_writer.ts";
import { Servers } from "./servers.ts";

/** What was kept. */
export interface Kept {
  rows: readonly PeerRow[];
  /** Those who went offline with a server that is gone, with the time in `last_seen`. */
  wentOffline: readonly PeerRow[];
  servers: Servers;
}

/** Reads what was kept: everybody known is offline since last seen. Throws `unavailable` without the store. */
export async function readKept({ store, serverId, clock = systemClock }: RosterOptions): Promise<Kept> {
  const principal = serverPrincipal(serverId);
  const rows = await store.roster.list(principal);
  // Nobody else uses a database that is not shared, however short ago they wrote.
  const isShared = store.isShared ?? false;
  const servers = new Servers({ store: store.roster, server: principal, clock, isShared }, rows);
  const gone = await wentOffline({ rows, history: store.history, principal, servers });
  const silentSinceMs = store.isShared ? clock.now() - FORGET_MS : Infinity;
  forgetGone(rows, { store: store.roster, principal, silentSinceMs });
  return { rows, wentOffline: gone, servers };
}

/** Goes on with what was kept; gives the ids of the agents that were online, and may come back. */
export function goOnWith(
  { rows, wentOffline, servers }: Kept,
  { agents, brokers, history, writer }: {
    agents: Map<string, Agent>;
    brokers: Brokers;
    history: History;
    writer: RosterWriter;
  },
): string[] {
  for (const row of rows) {
    const isOther = servers.isOther(row.server_id);
    if (row.kind === "agent") agents.set(row.id, isOther ? fromRowElsewhere(row) : fromAgentRow(row));
    if (row.kind === "broker") brokers.load(row);
  }
  noteRestart(wentOffline, { find: (id) => agents.get(id) ?? brokers.find(id), history, writer });
  return rows.filter(({ kind, status, server_id }) =>
    kind === "agent" && status !== "offline" && servers.isOurs(server_id)
  ).map(({ id }) => id);
}
